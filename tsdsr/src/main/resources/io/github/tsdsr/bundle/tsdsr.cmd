@echo off
rem Runs tsdsr with the Java runtime beside this file. TSDSR_JAVA_OPTS holds further flags for Java, such as -Xmx8g.
setlocal EnableExtensions DisableDelayedExpansion
"%~dp0runtime\bin\java.exe" -XX:+UseSerialGC -Xshare:auto -Djava.awt.headless=true --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED %TSDSR_JAVA_OPTS% -cp "%~dp0lib\*" io.github.tsdsr.cli.Main %*
exit /b %ERRORLEVEL%
