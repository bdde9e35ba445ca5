# Run by cpack before it closes the packages: gives each its /usr/share/doc/NAME with copyright and changelogs, as Debian
# wants them.
set(packages ${CPACK_PITH_PACKAGES}) # component, package, component, package, ...
string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC) # SOURCE_DATE_EPOCH, if it is set

while(packages)
  list(POP_FRONT packages component package)
  set(root ${CPACK_TEMPORARY_DIRECTORY}/${component})
  if(NOT EXISTS ${root})
    continue()
  endif()
  set(doc ${root}/usr/share/doc/${package})
  configure_file(${CPACK_PITH_SOURCE}/LICENSE ${doc}/copyright COPYONLY)
  configure_file(${CPACK_PITH_SOURCE}/CHANGELOG.md ${doc}/changelog COPYONLY)
  file(WRITE ${doc}/changelog.Debian
"pith (${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) unstable; urgency=medium

  * Built from the sources of this version; see changelog.gz.

 -- ${CPACK_PACKAGE_CONTACT}  ${now}
")
  execute_process(COMMAND gzip -9n ${doc}/changelog ${doc}/changelog.Debian COMMAND_ERROR_IS_FATAL ANY)
endwhile()
