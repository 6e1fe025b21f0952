"""The Attention page's parts: texts, picture, controls; a panel is a file in `panels` and a row."""
