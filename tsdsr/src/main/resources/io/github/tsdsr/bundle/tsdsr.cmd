@echo off
rem Runs tsdsr with the Java runtime beside this file. TSDSR_JAVA_OPTS holds further flags for Java, such as -Xmx8g.
setlocal EnableExtensions DisableDelayedExpansion
rem The virtual machine would tell on stdout that it has read the compiler's directives; errors in options must be seen.
set "MESSAGES=-XX:-DisplayVMOutput"
if defined TSDSR_JAVA_OPTS set "MESSAGES=-XX:+DisplayVMOutputToStderr"
"%~dp0runtime\bin\java.exe" -XX:+UseSerialGC -XX:NewRatio=8 -Djava.awt.headless=true -XX:+UnlockDiagnosticVMOptions %MESSAGES% "-XX:CompilerDirectivesFile=%~dp0compiler-directives.json" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED %TSDSR_JAVA_OPTS% -cp "%~dp0lib\*" io.github.tsdsr.cli.Main %*
exit /b %ERRORLEVEL%
