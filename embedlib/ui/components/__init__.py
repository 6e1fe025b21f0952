"""components: pictures that Streamlit lacks; a new one is a folder in `assets/components/` and a
module of the same name here, which builds its payload and mounts it."""
