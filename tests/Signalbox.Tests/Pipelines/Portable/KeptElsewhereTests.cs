using Signalbox.Pipelines;
using Signalbox.Pipelines.Portable;
using Signalbox.Yaml;
using static Signalbox.Tests.Pipelines.Portable.PortableRig;

namespace Signalbox.Tests.Pipelines.Portable;

/// <summary>What keeps a pipeline from starting, a job from running or a failure from passing is kept on another platform, or the report says that it is not.</summary>
public sealed class KeptElsewhereTests
{
    private static string GitHub(string job, string on = "push") => $"on: {on}\njobs:\n  a:\n    runs-on: ubuntu-latest\n{job}";

    private static string Jenkins(string stage, string sections = "") => $"pipeline {{\n  agent any\n  {sections}\n  stages {{\n    stage('a') {{\n      {stage}\n    }}\n  }}\n}}\n";

    private static bool Says(IReadOnlyList<CarriageNote> notes, Carried kind, string what) => notes.Any(n => n.Kind == kind && n.What.Contains(what, StringComparison.Ordinal));

    [Theory]
    [InlineData("{ pull_request: { branches: [main, 'release/*'] } }", "$CI_MERGE_REQUEST_TARGET_BRANCH_NAME =~ /^release\\/[^\\/]*$/")]
    [InlineData("{ pull_request: { branches-ignore: [wip] } }", "&& $CI_MERGE_REQUEST_TARGET_BRANCH_NAME != \"wip\"")]
    [InlineData("{ pull_request: { branches-ignore: ['wip/**'] } }", "&& $CI_MERGE_REQUEST_TARGET_BRANCH_NAME !~ /^wip\\/.*$/")]
    public void WhatAChangeIsProposedTo_IsAskedForOnGitLab(string on, string rule)
    {
        var source = GitHub("    steps: [{ run: make }]\n", on);
        var (text, _) = Converted(Platform.GitHubActions, Platform.GitLab, source);
        Assert.Contains(rule, text, StringComparison.Ordinal);
        Assert.Equal(PortableRig.Print(PortableRig.Read(Platform.GitHubActions, source).Pipeline.Triggers), PortableRig.Print(PortableRig.Read(Platform.GitLab, text).Pipeline.Triggers));
    }

    [Fact]
    public void APatternOfATargetBranch_IsOneOnJenkins_AndLeftWhereThereIsNone()
    {
        const string gitlab = "a:\n  script: a\n  rules:\n    - if: $CI_MERGE_REQUEST_TARGET_BRANCH_NAME =~ /^release\\/.*$/\n";
        Assert.Contains("changeRequest target: 'release/.*', comparator: 'REGEXP'", Converted(Platform.GitLab, Platform.Jenkins, gitlab).Text, StringComparison.Ordinal);
        foreach (var to in (Platform[])[Platform.GitHubActions, Platform.AzurePipelines]) Assert.True(Says(Converted(Platform.GitLab, to, gitlab).Notes, Carried.Left, "a change for the branch release/**"));
    }

    [Fact]
    public void BashOnJenkins_IsNamedInTheFirstLine_AndStopsInAPipe()
    {
        var (text, _) = Converted(Platform.GitHubActions, Platform.Jenkins, GitHub("    steps:\n      - { shell: bash, run: 'false | cat' }\n"));
        Assert.Contains("sh '''#!/usr/bin/env bash\nset -eo pipefail\nfalse | cat\n'''", text, StringComparison.Ordinal);
        var run = PortableRig.Read(Platform.Jenkins, text).Pipeline.Jobs[0].Steps.OfType<RunStep>().Single();
        Assert.Equal(("bash", "false | cat"), (run.Shell, run.Script.Literal));
    }

    [Theory]
    [InlineData("#!/bin/bash\nfalse\nls", "set +eo pipefail\nfalse\nls")]
    [InlineData("#!/bin/bash -ex\nfalse | ls", "set +o pipefail\nfalse | ls")]
    [InlineData("#!/usr/bin/env bash\nset -eo pipefail\nfalse | ls", "false | ls")]
    public void AnInterpreterOnJenkins_GoesOnAfterAFailure(string script, string model)
    {
        var read = PortableRig.Read(Platform.Jenkins, Jenkins($"steps {{ sh '''{script}''' }}")).Pipeline;
        var run = read.Jobs[0].Steps.OfType<RunStep>().Single();
        Assert.Equal(("bash", model), (run.Shell, run.Script.Literal));
        Assert.Equal(PortableRig.Print(read), PortableRig.Print(PortableRig.Read(Platform.Jenkins, PortableRig.Write(Platform.Jenkins, read).Text).Pipeline));
    }

    [Theory]
    [InlineData("false | cat", "bash: |-\n          set -eo pipefail\n          false | cat\n")]
    [InlineData("make", "bash: make\n")]
    [InlineData("set -euo pipefail\\nfalse | cat", "bash: |-\n          set -euo pipefail\n          false | cat\n")]
    public void BashOnAzure_StopsInAPipe(string script, string written)
    {
        var (text, _) = Converted(Platform.GitHubActions, Platform.AzurePipelines, GitHub($"    steps:\n      - {{ shell: bash, run: \"{script}\" }}\n"));
        Assert.Contains(written, text, StringComparison.Ordinal);
        Assert.Equal(script.Replace("\\n", "\n", StringComparison.Ordinal), PortableRig.Read(Platform.AzurePipelines, text).Pipeline.Jobs[0].Steps.OfType<RunStep>().Single().Script.Literal);
    }

    [Theory]
    [InlineData("false | cat")]
    [InlineData("a\nb | c")]
    [InlineData("set -e\na\nb | c")]
    [InlineData("set -ex\na\nb | c")]
    [InlineData("set -e\nset -o pipefail\nb | c")]
    public void BashOfAzure_IsWrittenAsItWas(string script)
    {
        var read = PortableRig.Read(Platform.AzurePipelines, $"trigger: none\npr: none\nsteps:\n  - bash: |\n      {script.Replace("\n", "\n      ", StringComparison.Ordinal)}\n").Pipeline;
        var text = PortableRig.Write(Platform.AzurePipelines, read).Text;
        Assert.Equal(PortableRig.Print(read), PortableRig.Print(PortableRig.Read(Platform.AzurePipelines, text).Pipeline));
        Assert.Equal(script.Contains("pipefail", StringComparison.Ordinal), text.Contains("pipefail", StringComparison.Ordinal));
    }

    [Fact]
    public void APushOnJenkins_IsNoProposedChange()
    {
        var source = GitHub("    if: github.event_name == 'push'\n    steps: [{ run: ./publish }]\n", "[push, pull_request]");
        var (text, notes) = Converted(Platform.GitHubActions, Platform.Jenkins, source);
        Assert.DoesNotContain("BranchEventCause", text, StringComparison.Ordinal);
        Assert.Contains("not {\n          anyOf {\n            changeRequest()\n            triggeredBy 'TimerTrigger'\n", text, StringComparison.Ordinal);
        Assert.True(Says(notes, Carried.Changed, "a push is a build that no proposed change"));
        Assert.Equal(new EventIs(PortableEvent.Push), PortableRig.Read(Platform.Jenkins, text).Pipeline.Jobs[0].If);
    }

    [Fact]
    public void WhatIsLeft_IsSaidInWords()
    {
        foreach (var to in (Platform[])[Platform.GitLab, Platform.Jenkins])
        {
            var (text, notes) = Converted(Platform.GitHubActions, to, GitHub("    strategy: { matrix: { db: [pg] } }\n    steps:\n      - { run: make, if: \"startsWith(github.ref, 'refs/tags/v') && runner.os == 'Linux'\" }\n      - { uses: acme/tool@v1, with: { token: '${{ secrets.PAT }}', db: '${{ matrix.db }}' } }\n"));
            var all = text + string.Concat(notes.Select(n => n.What + n.Nearest));
            Assert.DoesNotMatch(@"Condition \{|Parts = |Reference \{|Is \{|<(Axis|Secret) ", all);
            Assert.True(Says(notes, Carried.Left, "the condition of a step is not carried: the tag v** and RunnerSystem is Linux"));
        }
    }

    [Fact]
    public void ExitCodesThatDoNotMatter_AreLeft() =>
        Assert.True(Says(Converted(Platform.GitLab, Platform.GitHubActions, "lint:\n  script: lint\n  allow_failure: { exit_codes: [3] }\n").Notes, Carried.Left, "job lint: its failure does not matter with the exit codes 3"));

    [Theory]
    [InlineData("node:22", "[[ -f x ]] && echo yes", "bash", "[[ -f x ]] && echo yes", true)]
    [InlineData("node:22", "false | cat", "bash", "false | cat", true)]
    [InlineData(null, "false | cat", "bash", "false | cat", false)]
    [InlineData("node:22-alpine", "false | cat", null, "(set -o pipefail) 2>/dev/null && set -o pipefail\nfalse | cat", false)]
    [InlineData("node:22", "jq '.a | .b' x", null, "jq '.a | .b' x", false)]
    [InlineData("node:22", "npm test || true", null, "npm test || true", false)]
    public void AScriptOfGitLab_HasItsShell(string? image, string script, string? shell, string model, bool said)
    {
        var source = $"a:\n{(image is null ? "" : $"  image: {image}\n")}  script: [\"{script}\"]\n";
        var (read, log) = PortableRig.Read(Platform.GitLab, source);
        var run = read.Jobs[0].Steps.OfType<RunStep>().Single();
        Assert.Equal((shell, model), (run.Shell, run.Script.Literal));
        Assert.Equal(said, Says(log.Notes, Carried.Changed, "its script is one for bash"));
        Assert.Equal(PortableRig.Print(read), PortableRig.Print(PortableRig.Read(Platform.GitLab, PortableRig.Write(Platform.GitLab, read).Text).Pipeline));
    }

    [Fact]
    public void WhatRunsAfterGitLabsScript_FailsNothing_AndIsNotTriedAgain()
    {
        const string source = "a:\n  script: make\n  retry: 2\n  after_script: [./clean]\n";
        var text = Converted(Platform.GitLab, Platform.GitHubActions, source).Text;
        Assert.Contains("      - if: always()\n        continue-on-error: true\n        run: ./clean\n", text, StringComparison.Ordinal);
        Assert.Contains("continueOnError: true", Converted(Platform.GitLab, Platform.AzurePipelines, source).Text, StringComparison.Ordinal);
        Assert.Contains("catchError(buildResult: 'SUCCESS'", Converted(Platform.GitLab, Platform.Jenkins, source).Text.Split("post {")[1], StringComparison.Ordinal);
        Assert.Contains("after_script:\n    - ./clean\n", Converted(Platform.GitLab, Platform.GitLab, source).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatAPersonMayStart_HoldsABuildOfJenkins_AsIsSaid()
    {
        var (text, notes) = Converted(Platform.GitLab, Platform.Jenkins, "a:\n  script: make\n  rules: [{ if: $CI_COMMIT_BRANCH, when: manual, allow_failure: true }]\n");
        Assert.Contains("beforeInput true", text, StringComparison.Ordinal);
        Assert.True(Says(notes, Carried.Changed, "the whole build waits until a person answers"));
        Assert.NotNull(PortableRig.Read(Platform.Jenkins, text).Pipeline.Jobs[0].If);
    }

    [Theory]
    [InlineData("[{ when: always }]", "Push:/ PullRequest:/ Manual:/", 0)]
    [InlineData("[{ if: $CI_PIPELINE_SOURCE == \"merge_request_event\" }, { when: always }]", "PullRequest:/ Push:/ Manual:/", 0)]
    [InlineData("[{ if: $CI_COMMIT_MESSAGE =~ /skip/, when: never }, { if: $CI_COMMIT_BRANCH }, { if: $CI_COMMIT_TAG }]", "Push:/", 1)]
    [InlineData("[{ if: $CI_COMMIT_TAG, when: never }, { when: always }]", "Push:/none PullRequest:/ Manual:/", 0)]
    [InlineData("[{ if: $CI_PIPELINE_SOURCE == \"merge_request_event\", when: never }, { when: always }]", "Push:/ Manual:/", 0)]
    public void AWorkflowOfGitLab_StartsAsItDid(string rules, string triggers, int lost)
    {
        var (read, log) = PortableRig.Read(Platform.GitLab, $"workflow:\n  rules: {rules}\na:\n  script: make\n");
        Assert.Equal(triggers, string.Join(' ', read.Triggers.Select(t => $"{t.Event}:{string.Join(',', t.Branches ?? [])}/{(t.Event == PortableEvent.Push && t.Tags is { Count: 0 } ? "none" : "")}")));
        Assert.Equal(lost, log.Notes.Count(n => n.Kind == Carried.Left));
        if (lost > 0) Assert.True(Says(log.Notes, Carried.Left, "a rule of the workflow is not carried: $CI_COMMIT_MESSAGE =~ /skip/"));
    }

    [Fact]
    public void VariablesThatAreNotInherited_AreSaid() =>
        Assert.True(Says(Converted(Platform.GitLab, Platform.GitHubActions, "variables: { A: b }\na:\n  script: make\n  inherit: { variables: false }\n").Notes, Carried.Left, "inherits no variables"));

    [Fact]
    public void AnExpressionOfAzuresVariables_IsMeantInAConditionAndLeftElsewhere()
    {
        const string source = "trigger: none\npr: none\nvariables:\n  isMain: $[eq(variables['Build.SourceBranch'], 'refs/heads/main')]\n  count: $[counter('x', 1)]\njobs:\n  - job: a\n    steps:\n      - script: ./deploy\n        condition: and(succeeded(), eq(variables.isMain, 'true'))\n      - script: ./other\n        condition: and(succeeded(), ne(variables['isMain'], true))\n";
        var (text, notes) = Converted(Platform.AzurePipelines, Platform.GitHubActions, source);
        Assert.Contains("if: github.ref == 'refs/heads/main'", text, StringComparison.Ordinal);
        Assert.Contains("if: github.ref != 'refs/heads/main'", text, StringComparison.Ordinal);
        Assert.True(Says(notes, Carried.Left, "counter('x', 1)"));
        Assert.Contains("$[counter('x', 1)]", Converted(Platform.AzurePipelines, Platform.AzurePipelines, source).Text.Replace("''", "'", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void NoTimeLimitOnAzure_IsNoneOfNoTime()
    {
        foreach (var to in (Platform[])[Platform.GitHubActions, Platform.GitLab, Platform.Jenkins])
        {
            var (text, notes) = Converted(Platform.AzurePipelines, to, "trigger: none\npr: none\njobs:\n  - job: a\n    timeoutInMinutes: 0\n    steps:\n      - script: make\n");
            Assert.DoesNotContain("timeout", text, StringComparison.Ordinal);
            Assert.True(Says(notes, Carried.Changed, "it has no time limit"));
        }
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("            - download: none\n", false)]
    public void ADeploymentOfAzure_BringsEveryArtifact(string download, bool brings)
    {
        var (text, notes) = Converted(Platform.AzurePipelines, Platform.GitHubActions, $"trigger: none\npr: none\njobs:\n  - job: B\n    steps:\n      - publish: out\n        artifact: drop\n  - deployment: D\n    dependsOn: B\n    environment: live\n    strategy:\n      runOnce:\n        deploy:\n          steps:\n{download}            - script: ls ../drop\n");
        Assert.Equal(brings, text.Contains("actions/download-artifact", StringComparison.Ordinal));
        Assert.Equal(brings, Says(notes, Carried.Changed, "a deployment brings every artifact by itself: drop"));
    }

    [Theory]
    [InlineData("uses: actions/upload-artifact@v4, with: { path: x }", true)]
    [InlineData("run: make", false)]
    public void ADeploymentThatBringsNothing_SaysSoOnAzure_WhereSomethingIsKept(string step, bool said) =>
        Assert.Equal(said, Converted(Platform.GitHubActions, Platform.AzurePipelines, GitHub($"    environment: live\n    steps: [{{ run: make }}]\n  b:\n    runs-on: ubuntu-latest\n    steps: [{{ {step} }}]\n")).Text.Contains("download: none", StringComparison.Ordinal));

    [Theory]
    [InlineData("dist", "'dist,dist/**'")]
    [InlineData("dist/", "'dist/**'")]
    [InlineData("out/report.xml", "'out/report.xml'")]
    [InlineData("out/*.xml", "'out/*.xml'")]
    public void AFolderOnJenkins_IsAllInIt(string path, string pattern)
    {
        var (text, _) = Converted(Platform.GitHubActions, Platform.Jenkins, GitHub($"    steps: [{{ uses: actions/upload-artifact@v4, with: {{ name: dist, path: '{path}' }} }}]\n"));
        Assert.Contains($"includes: {pattern}", text, StringComparison.Ordinal);
        Assert.Equal([path], PortableRig.Read(Platform.Jenkins, text).Pipeline.Jobs[0].Steps.OfType<UploadStep>().Single().Paths.Select(p => p.Literal));
    }

    [Fact]
    public void AStepThatIsLeft_FailsTheJobOfGitLab()
    {
        var text = Converted(Platform.GitHubActions, Platform.GitLab, GitHub("    steps:\n      - { run: make }\n      - { uses: aquasecurity/trivy-action@v1, if: always() }\n")).Text;
        Assert.DoesNotContain("after_script", text, StringComparison.Ordinal);
        Assert.Contains("exit 1", text, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileOfCredentials_IsLeft_AndOthersAreSaid()
    {
        var (text, notes) = Converted(Platform.Jenkins, Platform.GitHubActions, Jenkins("steps { withCredentials([file(credentialsId: 'k', variable: 'KUBECONFIG')]) { sh 'kubectl get pods' } }"));
        Assert.DoesNotContain("secrets.k", text, StringComparison.Ordinal);
        Assert.Contains(notes, n => n.Kind == Carried.Left);
        (text, notes) = Converted(Platform.Jenkins, Platform.GitHubActions, Jenkins("steps { withCredentials([usernamePassword(credentialsId: 'u', usernameVariable: 'A', passwordVariable: 'B')]) { sh 'curl -u $A:$B x' } }"));
        Assert.Contains("secrets.u_USR", text, StringComparison.Ordinal);
        Assert.True(Says(notes, Carried.Changed, "the credentials u are two secrets, a user and a password"));
        Assert.Contains(notes, n => n.Nearest == "Settings > Secrets and variables > Actions: secrets.u_PSW");
    }

    [Fact]
    public void TheHalvesOfCredentials_AreSecretsOfTheirOwn()
    {
        var source = Jenkins("steps { sh 'curl -u $DEP_USR:$DEP_PSW x' }", "environment { DEP = credentials('dep-user') }");
        var (text, notes) = Converted(Platform.Jenkins, Platform.GitHubActions, source);
        Assert.Contains("DEP_USR: ${{ secrets.dep_user_USR }}", text, StringComparison.Ordinal);
        Assert.Contains("DEP_PSW: ${{ secrets.dep_user_PSW }}", text, StringComparison.Ordinal);
        Assert.True(Says(notes, Carried.Changed, "the credentials dep-user are two secrets, a user and a password"));
        Assert.DoesNotContain("_USR =", Converted(Platform.Jenkins, Platform.Jenkins, source).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("buildResult: 'SUCCESS'", true, "")]
    [InlineData("buildResult: 'UNSTABLE'", true, "does not make the build unstable")]
    [InlineData("", false, "does not run")]
    [InlineData("stageResult: 'FAILURE'", false, "does not run")]
    public void CatchingAnError_IsPassedOverOnlyWhereTheBuildGoesWell(string results, bool ignored, string said)
    {
        var (read, log) = PortableRig.Read(Platform.Jenkins, Jenkins($"steps {{ catchError({results}) {{ sh 'lint' }} }}"));
        Assert.Equal(ignored, read.Jobs[0].FailureIgnored || read.Jobs[0].Steps.OfType<RunStep>().Single().FailureIgnored);
        Assert.Equal(said.Length > 0, log.Notes.Any(n => n.Kind == Carried.Changed && n.What.Contains("catchError", StringComparison.Ordinal)));
        if (said.Length > 0) Assert.True(Says(log.Notes, Carried.Changed, said));
    }

    [Fact]
    public void AStepThatIsTriedAgain_IsTriedByItself()
    {
        var source = Jenkins("steps {\n retry(3) { sh './flaky' }\n sh 'curl -X POST x'\n }");
        Assert.Single(Converted(Platform.Jenkins, Platform.GitHubActions, source).Text.Split("for try in 1 2 3").Skip(1));
        Assert.Single(Converted(Platform.Jenkins, Platform.AzurePipelines, source).Text.Split("retryCountOnTaskFailure: 2").Skip(1));
        var (text, notes) = Converted(Platform.Jenkins, Platform.GitLab, source);
        Assert.DoesNotContain("retry:", text, StringComparison.Ordinal);
        Assert.True(Says(notes, Carried.Left, "how often a step is tried again"));
        Assert.Contains("retry(3) {\n          sh './flaky'\n        }", Converted(Platform.Jenkins, Platform.Jenkins, source).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Platform.AzurePipelines, "trigger: none\npr: { branches: { include: [main] }, drafts: false }\nsteps: [{ script: make }]\n", "drafts: of pr")]
    [InlineData(Platform.AzurePipelines, "trigger: none\npr: none\npool: { name: own, demands: [Agent.OS -equals Linux] }\nsteps: [{ script: make }]\n", "the demand Agent.OS -equals Linux")]
    [InlineData(Platform.AzurePipelines, "trigger: none\npr: none\njobs: [{ deployment: a, environment: { name: live, resourceName: vm }, strategy: { runOnce: { deploy: { steps: [{ script: make }] } } } }]\n", "resourceName: of its environment")]
    [InlineData(Platform.Jenkins, "pipeline { agent any\n stages { stage('a') { input { message 'go'\n submitter 'ops' }\n steps { sh 'make' } } } }", "who may let it go on (ops)")]
    [InlineData(Platform.GitLab, "include: /ci/shared.yml\na:\n  script: [!reference [.shared, script], echo own]\n", "!reference [.shared, script] is not carried")]
    [InlineData(Platform.GitLab, "a:\n  extends: .shared\n", "extends: .shared is not carried")]
    [InlineData(Platform.GitLab, ".x: { script: [!reference [.y, script]] }\n.y: { script: [!reference [.x, script]] }\na:\n  script: [!reference [.x, script]]\n", "!reference [.x, script] is not carried")]
    [InlineData(Platform.GitLab, "a:\n  script: make\n  rules: [!reference [.shared, rules], { if: $CI_COMMIT_TAG }]\n", "rules: !reference [.shared, rules]")]
    [InlineData(Platform.Jenkins, "node('linux') {\n stage('Checkout') { checkout scm }\n if (env.BRANCH_NAME == 'main') { stage('Deploy') { sh './deploy' } }\n}", "if (env.BRANCH_NAME == \\'main\\')")]
    [InlineData(Platform.Jenkins, "node {\n if (env.BRANCH_NAME != 'main') { return }\n stage('Deploy') { sh './deploy' }\n}", "if (env.BRANCH_NAME != \\'main\\')")]
    public void WhatHasNoWords_IsLeft(Platform from, string source, string what) => Assert.True(Says(Converted(from, Platform.GitHubActions, source).Notes, Carried.Left, what));

    [Fact]
    public void AScriptedStage_HasTheSources_AndFailsWhereGroovyStoodAroundIt()
    {
        var (text, notes) = Converted(Platform.Jenkins, Platform.GitHubActions, "node('linux') {\n stage('Checkout') { checkout scm\n sh 'make' }\n if (env.BRANCH_NAME == 'main') { stage('Deploy') { sh './deploy' } }\n}");
        var deploy = text.Split("\n  Deploy:")[1];
        Assert.Contains("actions/checkout", deploy, StringComparison.Ordinal);
        Assert.True(deploy.IndexOf("exit 1", StringComparison.Ordinal) is > 0 and var fails && fails < deploy.IndexOf("./deploy", StringComparison.Ordinal), text);
        Assert.True(Says(notes, Carried.Left, "share one workspace"));
        Assert.DoesNotContain("exit 1", text.Split("\n  Deploy:")[0], StringComparison.Ordinal);
    }

    [Fact]
    public void StepsThatLieTooDeep_AreSaid() =>
        Assert.True(Says(Converted(Platform.Jenkins, Platform.GitHubActions, Jenkins($"steps {{ {string.Concat(Enumerable.Repeat("dir('d') { ", 100))} sh 'x' {string.Concat(Enumerable.Repeat("} ", 100))} }}")).Notes, Carried.Left, "deep are not carried"));

    [Fact]
    public void LabelsOfGitLabsReferences_AreFollowed() =>
        Assert.Equal(["docker"], PortableRig.Read(Platform.GitLab, ".shared: { tags: [docker] }\na:\n  tags: !reference [.shared, tags]\n  script: make\n").Pipeline.Jobs[0].Runner.Labels.Select(l => l.Literal));

    [Fact]
    public void MachinesOfSeveralSystems_AreThoseOfEachCombination()
    {
        const string azure = "trigger: none\npr: none\njobs:\n  - job: a\n    strategy: { matrix: { linux: { imageName: ubuntu-latest }, mac: { imageName: macOS-latest } } }\n    pool: { vmImage: $(imageName) }\n    steps: [{ script: make }]\n";
        Assert.Contains("runs-on: ${{ matrix.imageName }}", Converted(Platform.AzurePipelines, Platform.GitHubActions, azure).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("vmImage: $(ARCH)", Converted(Platform.GitLab, Platform.AzurePipelines, "a:\n  parallel: { matrix: [{ ARCH: [amd64, arm64] }] }\n  tags: [$ARCH]\n  script: make\n").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void BashOnAWindowsMachine_IsNoPowerShellOnGitLab() =>
        Assert.True(Says(Converted(Platform.GitHubActions, Platform.GitLab, GitHub("    steps: [{ run: ls, shell: bash }]\n").Replace("ubuntu-latest", "windows-latest", StringComparison.Ordinal)).Notes, Carried.Left, "a script for the shell bash is not carried"));

    [Theory]
    [InlineData("variables: { a: $[ counter('x', 1) ] , b: c }", "variables: { a: \"$[ counter('x', 1) ]\", b: c }")]
    [InlineData("concurrency: { group: ci-${{ github.ref }}, cancel-in-progress: true }", "concurrency: { group: \"ci-${{ github.ref }}\", cancel-in-progress: true }")]
    public void AnExpressionWithinBraces_IsToBeQuoted(string line, string help) => Assert.Equal(help, YamlReader.ReadAll(new YamlText(line + "\n")).Problems[0].Help);
}
