#!/bin/sh
# Changes the verification or the gates in small ways, one at a time, and counts how many changes a test notices:
# bench/mutation.sh verification|gates [GLOB...]    (dotnet-stryker; an hour on two cores, less for a GLOB such as 'Log/*.cs')
# A copy without the other tests is worked on. Texts are not changed (what people read is held by accepted files), and
# tests of seconds are left out, as each change would wait for them: what they alone would notice counts as unnoticed.
set -eu
cd "$(dirname "$0")/.."
root=$PWD
part="${1:-}"
[ $# -gt 0 ] && shift
case $part in
  verification) folder=Evidence/Verification ;;
  gates) folder=Gates ;;
  *) echo "usage: bench/mutation.sh verification|gates [GLOB...]" >&2; exit 2 ;;
esac
[ $# -gt 0 ] || set -- '**/*.cs'

tools=$root/artifacts/mutation/tools
[ -x "$tools/dotnet-stryker" ] || dotnet tool install dotnet-stryker --version 5.1.0 --tool-path "$tools"
copy=$root/artifacts/mutation/$part
rm -rf "$copy"
mkdir -p "$copy"
git archive HEAD | tar -x -C "$copy"
# cases of the tests lie beside the repository, and so beside the copy
ln -sfn "$root/../shared" "$root/artifacts/mutation/shared"
sed -i -e 's|<TreatWarningsAsErrors>true|<TreatWarningsAsErrors>false</TreatWarningsAsErrors><RunAnalyzers>false</RunAnalyzers><TreatWarningsAsErrors>false|' \
  -e 's|<EnforceCodeStyleInBuild>true|<EnforceCodeStyleInBuild>false|' -e 's|<GenerateDocumentationFile>true|<GenerateDocumentationFile>false|' "$copy/Directory.Build.props"

cd "$copy/tests/Signalbox.Tests"
rm -rf ArchitectureTests.cs Evidence/Reports Evidence/Sboms
case $part in
  verification)
    find . -mindepth 1 -maxdepth 1 -type d ! -name Evidence ! -name Identities ! -name Outbound -exec rm -rf {} +
    rm -f Identities/PipelineTokenTests.cs Evidence/Verification/MutationTests.cs Evidence/Verification/ConformanceSuiteTests.cs
    find Outbound -name '*Tests.cs' -delete
    slow='AnyAnswer_IsAnswered|Statement_OfMoreSubjectsThanAnybodyNames_IsRefusedCheaply|EveryByte_ThatIsChanged_IsRefused_OrSaysNothingElse|Bundle_DamagedInSeveralPlaces_IsRefused|EveryRow_IsAnsweredAsExpected_WithItsErrorClass|Key_ThatMustNotSign_IsRefused|TrustedRoot_DamagedAnywhere_IsReadOrRefused|Key_DamagedAnywhere_IsReadOrRefused|Hostile_GivesARefusalOrARecordNeverAnException|Certificate_WithMoreExtensionsThanAnyHas_IsRefused'
    sed -i 's/, "2048", "3072", "4096"/, "2048"/' Evidence/Verification/Notation/NotationTests.cs
    ;;
  gates)
    find . -mindepth 1 -maxdepth 1 -type d ! -name Gates ! -name Evidence ! -name Rollouts ! -name Identities ! -name Outbound -exec rm -rf {} +
    find Evidence Outbound Rollouts Identities -name '*Tests.cs' -delete
    rm -f Rollouts/Simulation/RolloutSimulation*
    slow='EachByte_ThatIsChanged_IsRefused|ManyFindings_OfSeveralArtifacts_AreDecidedSoon_AndCounted|Facts_OfMoreThanOneDecisionReads_AreUndecided'
    sed -i -E 's/iter: [0-9_]+/iter: 60/' Gates/GatePropertyTests.cs
    ;;
esac
find . -name '*.cs' -exec perl -0pi -e "s/\[(Fact|Theory)\](?=(?:\s*\[[^\n]*\])*\s*public [^\n]*\b(?:$slow)\()/[\$1(Skip = \"takes seconds\")]/g" {} +

globs=''
for glob in "$@"; do globs="$globs${globs:+, }\"**/Signalbox/$folder/$glob\""; done
cat > stryker-config.json <<EOF
{
  "stryker-config": {
    "project": "Signalbox.csproj", "configuration": "Release", "test-runner": "mtp", "coverage-analysis": "perTest",
    "concurrency": 2, "additional-timeout": 15000, "ignore-mutations": ["string"], "mutate": [$globs],
    "reporters": ["json", "html", "cleartext"], "thresholds": { "high": 90, "low": 85, "break": 85 }
  }
}
EOF
DOTNET_TieredPGO=0 exec "$tools/dotnet-stryker" --output "$root/artifacts/mutation/report-$part"
