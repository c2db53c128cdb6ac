"""The draft of a question: text, images, and what was found on them."""
