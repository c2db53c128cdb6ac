"""What happens to a question: asked once, to several models, judged, or as the test of a connection."""
