using Signalbox.Pipelines;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Tests.Pipelines.Portable;

/// <summary>What was called carried and meant something else there.</summary>
public sealed class QuietLossesTests
{
    private static string GitHub(string on, string step = "run: a") => $"on: {on}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - {step}\n";

    [Fact]
    public void PatternsOfTargetBranches_AreCompared_AndThoseIgnored_ShutOut()
    {
        var text = Converted(Platform.GitHubActions, GitHub("{ pull_request: { branches: [main, 'release/*'] } }"), Platform.GitLab).Text;
        Assert.Contains("""$CI_MERGE_REQUEST_TARGET_BRANCH_NAME == "main" || $CI_MERGE_REQUEST_TARGET_BRANCH_NAME =~ /^release\/[^\/]*$/""", text);
        Assert.Equal(["main", "release/*"], PortableRig.Read(Platform.GitLab, text).Pipeline.Triggers.Single(t => t.Event == PortableEvent.PullRequest).Branches);
        var ignored = Converted(Platform.GitHubActions, GitHub("{ pull_request: { branches-ignore: [wip, 'x/**'] } }"), Platform.GitLab).Text;
        Assert.Contains("""$CI_MERGE_REQUEST_TARGET_BRANCH_NAME != "wip" && $CI_MERGE_REQUEST_TARGET_BRANCH_NAME !~ /^x\/""", ignored);
        Assert.Equal(["wip", "x/**"], PortableRig.Read(Platform.GitLab, ignored).Pipeline.Triggers.Single(t => t.Event == PortableEvent.PullRequest).IgnoredBranches);
    }

    /// <summary>Jenkins reads an interpreter only where a script begins with it, and Python takes no indentation that means nothing.</summary>
    [Theory]
    [InlineData("bash", "sh '''#!/usr/bin/env bash\nset -eo pipefail\na\nb\n'''")]
    [InlineData("python", "sh '''#!/usr/bin/env python3\na\nb\n'''")]
    public void AnInterpreter_StandsFirst_OnJenkins(string shell, string expected)
    {
        var source = GitHub("push", $"{{ shell: {shell}, run: \"a\\nb\" }}");
        var text = Converted(Platform.GitHubActions, source, Platform.Jenkins).Text;
        Assert.Contains(expected, text);
        var run = Assert.Single(PortableRig.Read(Platform.Jenkins, text).Pipeline.Jobs[0].Steps.OfType<RunStep>());
        Assert.Equal((shell, "a\nb"), (run.Shell, run.Script.Literal));
    }

    /// <summary>A multibranch project gives every event of a repository the same cause.</summary>
    [Fact]
    public void AJobForPushes_IsNotRunForProposedChanges_OnJenkins()
    {
        var source = "on: [push, pull_request]\njobs:\n  a:\n    if: github.event_name == 'push'\n    runs-on: ubuntu-latest\n    steps:\n      - run: a\n";
        var text = Converted(Platform.GitHubActions, source, Platform.Jenkins).Text;
        Assert.DoesNotContain("BranchEventCause", text);
        Assert.Contains("not {", text);
        Assert.Equal(new EventIs(PortableEvent.Push), PortableRig.Read(Platform.Jenkins, text).Pipeline.Jobs[0].If);
    }

    [Fact]
    public void ExitCodesThatMayFail_AreLeft() =>
        Assert.Contains("with the exit codes 3", Left(Platform.GitLab, "a:\n  script: a\n  allow_failure: { exit_codes: [3] }\n"));

    [Theory]
    [InlineData("dist", "'dist,dist/**'")]
    [InlineData("dist/", "'dist/**'")]
    [InlineData("report.xml", "'report.xml'")]
    public void AFolderOrAFile_IsKeptOnJenkins_EitherWay(string path, string expected)
    {
        var text = Converted(Platform.GitHubActions, GitHub("push", $"{{ uses: actions/upload-artifact@v4, with: {{ name: d, path: {path} }} }}"), Platform.Jenkins).Text;
        Assert.Contains($"includes: {expected}", text);
        Assert.Equal([path], PortableRig.Read(Platform.Jenkins, text).Pipeline.Jobs[0].Steps.OfType<UploadStep>().Single().Paths.Select(p => p.Literal));
    }

    [Fact]
    public void ASecretFile_OnJenkins_IsLeft() => Assert.Contains("withCredentials([file(", Left(Platform.Jenkins,
        "pipeline {\n agent any\n stages {\n  stage('a') {\n   steps {\n    withCredentials([file(credentialsId: 'k', variable: 'KUBECONFIG')]) {\n     sh 'a'\n    }\n   }\n  }\n }\n}\n"));

    /// <summary>GitHub leaves them behind where nothing is said; the other platforms take all of a folder.</summary>
    [Fact]
    public void FilesThatBeginWithADot_AreKeptWhereTheyWere_AndSaidWhereTheyWereNot()
    {
        const string gitlab = "a:\n  script: a\n  artifacts:\n    paths: [PATH]\n";
        Assert.Contains("include-hidden-files: true", Converted(Platform.GitLab, gitlab.Replace("PATH", "dist/", StringComparison.Ordinal), Platform.GitHubActions).Text);
        Assert.Contains("include-hidden-files: true", Converted(Platform.GitLab, gitlab.Replace("PATH", "a/.env.json", StringComparison.Ordinal), Platform.GitHubActions).Text);
        Assert.DoesNotContain("include-hidden-files", Converted(Platform.GitLab, gitlab.Replace("PATH", "./a/b.json", StringComparison.Ordinal), Platform.GitHubActions).Text);
        var source = GitHub("push", "{ uses: actions/upload-artifact@v4, with: { name: d, path: dist } }");
        Assert.Contains(Converted(Platform.GitHubActions, source, Platform.GitLab).Log.Notes, n => n.What == "the artifact d has files whose names begin with a dot, too");
        Assert.DoesNotContain("include-hidden-files", Converted(Platform.GitHubActions, source, Platform.GitHubActions).Text);
        var said = source.Replace("path: dist", "path: dist, include-hidden-files: true", StringComparison.Ordinal);
        Assert.DoesNotContain(Converted(Platform.GitHubActions, said, Platform.GitLab).Log.Notes, n => n.What.Contains("dot", StringComparison.Ordinal));
        Assert.Contains("include-hidden-files: true", Converted(Platform.GitHubActions, said, Platform.GitHubActions).Text);
    }

    [Fact]
    public void TooManyCombinations_AreSaid()
    {
        var source = "a:\n  script: a\n  parallel:\n    matrix:\n" + string.Concat(Enumerable.Range(0, 300).Select(n => $"      - {{ N: \"{n}\" }}\n"));
        Assert.Contains("more than 256 combinations", Left(Platform.GitLab, source));
    }

    [Fact]
    public void InputsOfAHeader_AreTheirDefaults_AndTheOthersLeft()
    {
        const string source = "spec:\n  inputs:\n    name: { default: fast }\n    images:\n      type: array\n      default: [a, b]\n    count: { default: 2, type: number }\n    open: {}\n---\n\"$[[ inputs.name ]]-test\":\n  image: img:$[[ inputs.name | expand_vars ]]\n  retry: $[[ inputs.count ]]\n  script: $[[ inputs.images ]]\nother:\n  script: run $[[ inputs.open ]] $[[ inputs.name | truncate(0,2) ]]\n";
        var (pipeline, log) = PortableRig.Read(Platform.GitLab, source);
        var job = pipeline.Job("fast-test")!;
        Assert.Equal(("img:fast", 2), (job.Container!.Image.Literal, job.Retries));
        Assert.Equal("a\nb", job.Steps.OfType<RunStep>().Single().Script.Literal);
        Assert.Contains(log.Notes, n => n.Kind == Carried.Changed && n.What == "the input name is its default: fast");
        Assert.Contains(log.Notes, n => n.Kind == Carried.Left && n.What.StartsWith("$[[ inputs.open ]] is not carried", StringComparison.Ordinal));
    }

    /// <summary>A long default in many places, and what only begins to ask.</summary>
    [Fact]
    public void InputsThatWouldGrowWithoutEnd_EndInTime()
    {
        var before = ThreadTime.Used;
        var lines = string.Concat(Enumerable.Repeat("    - echo $[[ inputs.a ]] x\n", 5_000));
        PortableRig.Read(Platform.GitLab, $"spec:\n  inputs:\n    a: {{ default: \"{new string('x', 200_000)}\" }}\n---\na:\n  script:\n{lines}");
        PortableRig.Read(Platform.GitLab, $"spec:\n  inputs:\n    a: {{ default: x }}\n---\na:\n  script: \"{string.Concat(Enumerable.Repeat("$[[ inputs.a | ", 60_000))}\"\n");
        Assert.InRange(ThreadTime.Used - before, TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void WhatGitLabIncludes_IsRead_AndWhatItDoesNot_IsLeft()
    {
        var files = new Dictionary<string, string>
        {
            ["ci/build.yml"] = "stages: [build, test]\ninclude: more.yml\n.base: { image: one }\nbuild:\n  extends: .base\n  stage: build\n  variables: { A: '1', B: '2' }\n  script: make\n",
            ["more.yml"] = "include: { project: a/b, file: c.yml }\nmore:\n  stage: test\n  script: more\n",
            ["asks.yml"] = "asks:\n  script: asks\n",
        };
        var (pipeline, log) = Read(Platform.GitLab, files, "include:\n  - local: /ci/build.yml\n  - local: gone.yml\n  - { local: asks.yml, rules: [{ if: $X }] }\nbuild:\n  variables: { B: '3' }\ntest:\n  stage: test\n  script: test\n");
        Assert.Equal(["build", "more", "test"], pipeline.Jobs.Select(j => j.Id).Order());
        var build = pipeline.Job("build")!;
        Assert.Equal(("one", "make"), (build.Container!.Image.Literal, build.Steps.OfType<RunStep>().Single().Script.Literal));
        Assert.Equal(["A=1", "B=3"], build.Variables.Select(v => $"{v.Name}={v.Value.Literal}").Order());
        Assert.Equal(["build"], pipeline.Job("test")!.Needs);
        Assert.Equal(["a/b:c.yml", "asks.yml", "gone.yml"], log.Notes.Where(n => n.Kind == Carried.Left).Select(n => n.What.Split(' ')[2]).Order());
    }

    [Fact]
    public void FilesThatIncludeEachOther_End()
    {
        var files = new Dictionary<string, string> { ["a.yml"] = "include: b.yml\na:\n  script: a\n", ["b.yml"] = "include: [a.yml, .gitlab-ci.yml]\nb:\n  script: b\n" };
        Assert.Equal(["a", "b"], Read(Platform.GitLab, files, "include: a.yml\n").Pipeline.Jobs.Select(j => j.Id).Order());
    }

    [Fact]
    public void TemplatesOfAzure_AreRead_AndWhatAsksForMoreThanTexts_IsLeft()
    {
        var files = new Dictionary<string, string>
        {
            ["ci/steps.yml"] = "parameters:\n- name: what\n  default: all\n- name: how\nsteps:\n- script: make ${{ parameters.what }} ${{ parameters.how }}\n- template: more.yml\n",
            ["ci/more.yml"] = "steps:\n- script: more\n",
            ["ci/jobs.yml"] = "jobs:\n- job: b\n  steps:\n  - script: b\n",
            ["ci/odd.yml"] = "parameters:\n- name: extra\n  type: stepList\nsteps:\n- ${{ parameters.extra }}\n",
        };
        const string azure = "trigger: none\npr: none\njobs:\n- job: a\n  steps:\n  - template: ci/steps.yml\n    parameters: { how: fast }\n  - template: ci/odd.yml\n    parameters: { extra: [{ script: x }] }\n- template: ci/jobs.yml\n- template: there.yml@other\n";
        var (pipeline, log) = Read(Platform.AzurePipelines, files, azure);
        Assert.Equal(["a", "b"], pipeline.Jobs.Select(j => j.Id));
        Assert.Equal(["make all fast", "more"], pipeline.Job("a")!.Steps.OfType<RunStep>().Select(s => s.Script.Literal));
        Assert.Equal("./ci/odd.yml", pipeline.Job("a")!.Steps.OfType<ForeignStep>().Single().Uses);
        Assert.Contains("there.yml", Assert.Single(log.Notes, n => n.Kind == Carried.Left).What);
    }

    private static (PortablePipeline Pipeline, CarriageLog Log) Read(Platform platform, Dictionary<string, string> files, string text)
    {
        var log = new CarriageLog();
        files[PipelineConversion.FileOf(platform)] = text;
        return (PipelineConversion.Read(platform, PipelineConversion.FileOf(platform), new(text), log, out _, path => files.TryGetValue(path.TrimStart('/'), out var found) ? [(path.TrimStart('/'), found)] : [])!, log);
    }

    private static (string Text, CarriageLog Log) Converted(Platform from, string text, Platform to)
    {
        var (pipeline, log) = PortableRig.Read(from, text);
        return (PipelineConversion.Write(to, pipeline, log), log);
    }

    private static string Left(Platform from, string text) => string.Join('\n', Converted(from, text, from == Platform.GitHubActions ? Platform.GitLab : Platform.GitHubActions).Log.Notes.Where(n => n.Kind == Carried.Left).Select(n => n.What));
}
