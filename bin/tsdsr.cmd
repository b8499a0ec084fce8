@echo off
rem Runs tsdsr from a clone; builds it first where its sources are newer. TSDSR_JAVA_HOME names a JDK 25 or later,
rem TSDSR_JAVA_OPTS holds further flags for Java, such as -Xmx8g.
setlocal EnableExtensions DisableDelayedExpansion
for %%I in ("%~dp0..") do set "ROOT=%%~fI"
set "FOUND="

if defined TSDSR_JAVA_HOME (
  call :try "%TSDSR_JAVA_HOME%"
  if not defined FOUND (
    >&2 echo tsdsr: TSDSR_JAVA_HOME=%TSDSR_JAVA_HOME%: expected the folder of a JDK 25 or later
    exit /b 2
  )
)
if defined JAVA_HOME call :try "%JAVA_HOME%"
for %%J in (java.exe) do if not "%%~$PATH:J"=="" for %%H in ("%%~dp$PATH:J..") do call :try "%%~fH"
for %%P in ("%ProgramFiles%\Eclipse Adoptium" "%ProgramFiles%\Java" "%ProgramFiles%\Microsoft" "%ProgramFiles%\Zulu"
  "%ProgramFiles%\Amazon Corretto" "%ProgramFiles%\BellSoft" "%USERPROFILE%\.jdks"
  "%LOCALAPPDATA%\Programs\Eclipse Adoptium" "%USERPROFILE%\scoop\apps") do (
  if exist "%%~P" for /d %%H in ("%%~P\*") do (
    call :try "%%~fH"
    call :try "%%~fH\current"
  )
)
if not defined FOUND (
  >&2 echo tsdsr: no Java 25 or later found: install a JDK 25 ^(for example from https://adoptium.net^) or set TSDSR_JAVA_HOME to the folder of one
  exit /b 2
)

set "STAMP=%ROOT%\tsdsr\target\built"
if not exist "%STAMP%" goto build
if not exist "%ROOT%\tsdsr\target\tsdsr.jar" goto build
powershell -NoProfile -Command "$r=$env:ROOT; $t=(Get-Item -LiteralPath $env:STAMP).LastWriteTime; $p=@(Join-Path $r pom.xml)+('tensor','kernels','io','autograd','sd3','tsdsr' | ForEach-Object { Join-Path $r \"$_\pom.xml\"; Join-Path $r \"$_\src\main\" }); if (Get-ChildItem -LiteralPath $p -Recurse -File | Where-Object LastWriteTime -gt $t | Select-Object -First 1) { exit 1 }"
if not errorlevel 1 goto run

:build
>&2 echo building (first use, or newer sources) ...
if exist "%ROOT%\tsdsr\target\lib" rmdir /s /q "%ROOT%\tsdsr\target\lib"
if exist "%STAMP%" del /q "%STAMP%"
if not exist "%ROOT%\tsdsr\target" mkdir "%ROOT%\tsdsr\target"
type nul > "%STAMP%.begun"
set "JAVA_HOME=%FOUND%"
pushd "%ROOT%"
call .\mvnw.cmd -B -q -DskipTests package -pl tsdsr -am > "%ROOT%\tsdsr\target\build.log" 2>&1 < nul
set "BUILD=%ERRORLEVEL%"
popd
if not "%BUILD%"=="0" (
  >&2 echo tsdsr: the build failed: %ROOT%\tsdsr\target\build.log says why
  exit /b 2
)
move /y "%STAMP%.begun" "%STAMP%" > nul

:run
rem The virtual machine would tell on stdout that it has read the compiler's directives; errors in options must be seen.
set "MESSAGES=-XX:-DisplayVMOutput"
if defined TSDSR_JAVA_OPTS set "MESSAGES=-XX:+DisplayVMOutputToStderr"
"%FOUND%\bin\java.exe" -XX:+UseSerialGC -XX:NewRatio=8 -Djava.awt.headless=true -XX:+UnlockDiagnosticVMOptions %MESSAGES% "-XX:CompilerDirectivesFile=%ROOT%\tsdsr\src\main\resources\io\github\tsdsr\bundle\compiler-directives.json" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED %TSDSR_JAVA_OPTS% -cp "%ROOT%\tsdsr\target\tsdsr.jar;%ROOT%\tsdsr\target\lib\*" io.github.tsdsr.cli.Main %*
exit /b %ERRORLEVEL%

rem Sets FOUND to a folder whose release file names Java 25 or later, unless one is found already.
:try
if defined FOUND exit /b 0
if not exist "%~1\bin\java.exe" exit /b 0
findstr /r /c:"^JAVA_VERSION=.2[5-9]" /c:"^JAVA_VERSION=.[3-9][0-9]" "%~1\release" > nul 2>&1
if not errorlevel 1 set "FOUND=%~1"
exit /b 0
