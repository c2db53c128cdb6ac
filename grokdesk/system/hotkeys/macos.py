"""Global hotkeys on macOS by Carbon's RegisterEventHotKey, which needs no permission and no thread of its own.

Carbon belongs to the main thread, whose event loop the windows run; other threads hand their work over to it.

Source: CarbonEvents.h of the macOS SDK, https://developer.apple.com/documentation/dispatch/dispatch_async_f
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import Future

from grokdesk.errors import NotPossibleHere
from grokdesk.system.hotkey import Hotkey
from grokdesk.system.hotkey_state import Changed, HotkeyState, Refusal
from grokdesk.system.hotkeys.by_hand import start
from grokdesk.system.hotkeys.keyboard_macos import key_code, modifiers_of, refusal_of
from grokdesk.system.hotkeys.on_thread import PATIENCE, HeldKeys, lost
from grokdesk.system.part_state import PartState
from grokdesk.translation import _

log = logging.getLogger(__name__)

KEYBOARD_SETTINGS = ("open", "x-apple.systempreferences:com.apple.Keyboard-Settings.extension")

if sys.platform == "darwin":
    import ctypes

    CARBON = "/System/Library/Frameworks/Carbon.framework/Carbon"
    SIGNATURE = int.from_bytes(b"GrkD", "big")
    KEYBOARD = int.from_bytes(b"keyb", "big")
    HOTKEY_PRESSED = 5
    DIRECT_OBJECT = int.from_bytes(b"----", "big")
    TYPE_HOTKEY_ID = int.from_bytes(b"hkid", "big")
    HANDLED, NOT_HANDLED = 0, -9874

    class EventTypeSpec(ctypes.Structure):
        _fields_ = (("event_class", ctypes.c_uint32), ("event_kind", ctypes.c_uint32))

    class EventHotKeyID(ctypes.Structure):
        _fields_ = (("signature", ctypes.c_uint32), ("id", ctypes.c_uint32))

    Handler = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
    Work = ctypes.CFUNCTYPE(None, ctypes.c_void_p)

    class _MainThread:
        """Runs something on the main thread and waits for it."""

        def __init__(self) -> None:
            system = self._system = ctypes.CDLL(None)
            system.pthread_main_np.restype = ctypes.c_int
            system.dispatch_async_f.argtypes = (ctypes.c_void_p, ctypes.c_void_p, Work)
            system.dispatch_async_f.restype = None
            self._queue = ctypes.addressof(ctypes.c_byte.in_dll(system, "_dispatch_main_q"))
            self._work = Work(self._do)
            self._waiting: list[tuple[Callable[[], object], Future[None]]] = []

        def run(self, function: Callable[[], object]) -> None:
            """Raises TimeoutError when the main thread does not come to it."""
            if self._system.pthread_main_np():
                function()
                return
            done: Future[None] = Future()
            self._waiting.append((function, done))
            self._system.dispatch_async_f(self._queue, None, self._work)
            done.result(PATIENCE)

        def _do(self, _context: int | None) -> None:
            function, done = self._waiting.pop(0)
            try:
                function()
            except Exception as error:  # noqa: BLE001 - it is raised again where somebody waits
                done.set_exception(error)
            else:
                done.set_result(None)

    class MacHotkeys:
        """Callbacks are called on the main thread."""

        def __init__(self, pressed: Callable[[str], None], changed: Changed) -> None:  # noqa: ARG002 - nothing changes by itself
            self.state = PartState("ok", "macos", _("macOS allows programs to register hotkeys."))
            self._pressed = pressed
            self._held = HeldKeys("macos", self._take, self._release)
            self._main = _MainThread()
            self._references: dict[Hotkey, ctypes.c_void_p] = {}
            self._ids: dict[int, Hotkey] = {}
            self._handler = Handler(self._handle)
            self._installed = ctypes.c_void_p()
            self._carbon = ctypes.CDLL(CARBON)
            self._declare()

        def bind(self, wanted: Mapping[str, Hotkey]) -> Mapping[str, HotkeyState]:
            if not wanted and not self._references:
                return {}
            states: dict[str, HotkeyState] = {}

            def work() -> None:
                self._install()
                states.update(self._held.want(wanted))

            try:
                self._main.run(work)
            except TimeoutError:
                return lost("macos", wanted, NotPossibleHere(_("GrokDesk is busy."), _("Try again.")))
            return states

        def configure(self) -> None:
            start(KEYBOARD_SETTINGS)

        def close(self) -> None:
            def work() -> None:
                self._held.want({})
                if self._installed:
                    self._carbon.RemoveEventHandler(self._installed)
                    self._installed = ctypes.c_void_p()

            try:
                self._main.run(work)
            except TimeoutError:
                log.info("the hotkeys end with the program")

        def _declare(self) -> None:
            carbon = self._carbon
            carbon.GetEventDispatcherTarget.argtypes = ()
            carbon.GetEventDispatcherTarget.restype = ctypes.c_void_p
            carbon.InstallEventHandler.argtypes = (
                ctypes.c_void_p,
                Handler,
                ctypes.c_ulong,
                ctypes.POINTER(EventTypeSpec),
                ctypes.c_void_p,
                ctypes.POINTER(ctypes.c_void_p),
            )
            carbon.InstallEventHandler.restype = ctypes.c_int32
            carbon.RemoveEventHandler.argtypes = (ctypes.c_void_p,)
            carbon.RemoveEventHandler.restype = ctypes.c_int32
            carbon.RegisterEventHotKey.argtypes = (
                ctypes.c_uint32,
                ctypes.c_uint32,
                EventHotKeyID,
                ctypes.c_void_p,
                ctypes.c_uint32,
                ctypes.POINTER(ctypes.c_void_p),
            )
            carbon.RegisterEventHotKey.restype = ctypes.c_int32
            carbon.UnregisterEventHotKey.argtypes = (ctypes.c_void_p,)
            carbon.UnregisterEventHotKey.restype = ctypes.c_int32
            carbon.GetEventParameter.argtypes = (
                ctypes.c_void_p,
                ctypes.c_uint32,
                ctypes.c_uint32,
                ctypes.c_void_p,
                ctypes.c_ulong,
                ctypes.c_void_p,
                ctypes.c_void_p,
            )
            carbon.GetEventParameter.restype = ctypes.c_int32

        def _install(self) -> None:
            if self._installed:
                return
            kinds = (EventTypeSpec * 1)(EventTypeSpec(KEYBOARD, HOTKEY_PRESSED))
            target = self._carbon.GetEventDispatcherTarget()
            self._carbon.InstallEventHandler(target, self._handler, 1, kinds, None, ctypes.byref(self._installed))

        def _take(self, hotkey: Hotkey) -> Refusal | None:
            code = key_code(hotkey)
            if code is None:
                return Refusal("impossible", _("macOS did not register {key}.").format(key=hotkey.key))
            number = max(self._ids, default=0) + 1
            reference = ctypes.c_void_p()
            error = self._carbon.RegisterEventHotKey(
                code,
                modifiers_of(hotkey),
                EventHotKeyID(SIGNATURE, number),
                self._carbon.GetEventDispatcherTarget(),
                0,
                ctypes.byref(reference),
            )
            if error:
                return refusal_of(hotkey, error)
            self._references[hotkey] = reference
            self._ids[number] = hotkey
            return None

        def _release(self, hotkey: Hotkey) -> None:
            self._carbon.UnregisterEventHotKey(self._references.pop(hotkey))
            self._ids = {number: kept for number, kept in self._ids.items() if kept != hotkey}

        def _handle(self, _next: int | None, event: int | None, _data: int | None) -> int:
            found = EventHotKeyID()
            size = ctypes.sizeof(found)
            error = self._carbon.GetEventParameter(
                event, DIRECT_OBJECT, TYPE_HOTKEY_ID, None, size, None, ctypes.byref(found)
            )
            hotkey = self._ids.get(found.id) if not error and found.signature == SIGNATURE else None
            binding = self._held.binding_of(hotkey) if hotkey is not None else None
            if binding is None:
                return NOT_HANDLED
            try:
                self._pressed(binding)
            except Exception:
                log.exception("the hotkey %s went wrong", binding)
            return HANDLED
