"""What servers call the end of an answer, in our words.

Sources: https://platform.openai.com/docs/api-reference/chat/object, https://docs.anthropic.com/en/api/handling-stop-reasons,
https://ai.google.dev/api/generate-content#FinishReason, https://docs.mistral.ai/api, https://docs.cohere.com/reference/chat,
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html, https://api-docs.deepseek.com,
https://docs.z.ai/api-reference/llm/chat-completion, https://huggingface.co/docs/text-generation-inference,
https://docs.x.ai/docs/api-reference
"""

from __future__ import annotations

import re

from grokdesk.model import FAILED, FILTERED, FINISHED, LENGTH, TOOL_CALLS

_WORDS = {
    FINISHED: """
        stop stopped end ended eos eos_token eos_found eog eog_found end_turn end_of_turn turn_end end_of_text
        end_of_sequence
        stop_sequence stop_token stop_str stop_string complete completed done finish finished normal success ok
    """,
    LENGTH: """
        length max_tokens max_token max_output_tokens max_output_reached max_completion_tokens max_prompt_tokens
        max_new_tokens max_tokens_reached max_length max_predicted_tokens_reached max_context_length_reached
        context_length_reached context_limit context_limit_reached
        model_length model_context_window_exceeded context_window_exceeded context_length context_length_exceeded
        context_window context_full length_limit length_exceeded length_capped token_limit token_limit_reached
        limit error_limit output_limit truncated truncation incomplete
    """,
    FILTERED: """
        content_filter content_filtered content_filtering content_filter_error filter filtered guardrail_intervened
        guardrail guardrails guardrail_blocked safety safety_check unsafe image_safety recitation image_recitation
        copyright blocklist blocked block_list prohibited_content image_prohibited_content spii pii refusal refused
        sensitive sensitive_words data_inspection_failed moderation content_moderation moderated flagged error_toxic
        toxic content_policy content_policy_violation policy policy_violation violation safety_violation
        responsible_ai_policy_violation model_armor risk risk_control harmful censored
    """,
    TOOL_CALLS: """
        tool_calls tool_call tool_use tools tool function_call function_calls function unexpected_tool_call
        too_many_tool_calls malformed_function_call mcp_approval_request pause_turn requires_action
    """,
    FAILED: """
        error errored failed failure cancel cancelled canceled user_cancel abort aborted network_error server_error
        internal_error internal_server_error engine_error model_error upstream_error provider_error
        insufficient_system_resource insufficient_resources overloaded unavailable timeout timed_out expired
    """,
}
_KNOWN = {word.replace("_", ""): ours for ours, words in _WORDS.items() for word in words.split()}
_UNKNOWN_YET = frozenset({"", "null", "none", "nil", "unspecified", "inprogress", "queued", "pending", "notfinished"})


def reason_of(told: object) -> str:
    """Our word for a server's; the server's own where we have none; "" for what says that it goes on, or nothing.

    ``FinishReason.MAX_TOKENS``, ``FINISH_REASON_MAX_TOKENS``, ``maxTokens`` and ``max-tokens`` are one word.
    """
    if not isinstance(told, str):
        return ""
    word = re.sub(r"[\W_]+", "", told.lower().rpartition(".")[2].rpartition(":")[2])
    for before in ("finishreason", "stopreason"):
        word = word.removeprefix(before)
    if word in _UNKNOWN_YET:
        return ""
    return _KNOWN.get(word) or told.strip()
