"""WebKitGTK's MiniBrowser, driven over W3C WebDriver by Selenium."""
