"""The conversation window: questions, answers that stream in, errors."""
