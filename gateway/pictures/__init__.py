"""Small pictures as geometry: what goes where. The templates in `templates/pictures` draw them as SVG."""
