"""The pages in WebKitGTK's MiniBrowser."""
