"""What is seen of a finished run, alone: `?run=ID` names one of the user's runs."""

import streamlit as st

from embedlib.errors import EmbedlibError
from embedlib.training import runs
from embedlib.ui import faults
from embedlib.ui.train import report

st.set_page_config(page_title="Report", layout="wide")
st.title("Report", anchor=False)
try:
    report.show(runs.find(st.query_params.get("run", "")))
except EmbedlibError as error:
    faults.show(error)
