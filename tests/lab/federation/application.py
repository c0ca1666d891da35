"""What uWSGI serves: Keystone's public application, for B with the ADFS stand-in's service provider."""

import os

from keystone_wsgi import application

certificate = os.environ.get("LAB_ADFS_CERTIFICATE")
if certificate:
    from federation.adfs_stand_in_sp import ServiceProvider

    application = ServiceProvider(application, certificate, os.environ["LAB_WEB"])
