"""How cases come and go: the signed API, the line to partners, packages and edXML for those without one."""
