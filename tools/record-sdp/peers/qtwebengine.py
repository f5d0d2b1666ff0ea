"""A page of Qt WebEngine, which is driven over its debugging port: argument 5 or 6, Qt's version."""

import sys

if sys.argv[1] == "5":
    from PyQt5.QtCore import QUrl
    from PyQt5.QtWebEngineWidgets import QWebEnginePage
    from PyQt5.QtWidgets import QApplication
else:
    from PyQt6.QtCore import QUrl
    from PyQt6.QtWebEngineCore import QWebEnginePage
    from PyQt6.QtWidgets import QApplication

application = QApplication(["recorder"])
page = QWebEnginePage()
page.setUrl(QUrl("data:text/html,<title>ready</title>"))
sys.exit(application.exec_() if sys.argv[1] == "5" else application.exec())
