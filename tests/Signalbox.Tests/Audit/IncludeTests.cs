using System.Collections.Immutable;
using Signalbox.Audit;
using Signalbox.Pipelines;
using Signalbox.Pipelines.AzurePipelines;
using static Signalbox.Tests.Audit.PolicyTests;

namespace Signalbox.Tests.Audit;

/// <summary>Files of the repository that a pipeline takes in are part of it, and are spoken of where they are asked for.</summary>
public sealed class IncludeTests
{
    [Fact]
    public void GitLab_HiddenJobsAndDefaultsOfLocalIncludes_HoldForTheJobs()
    {
        var jobs = Jobs(
            (".gitlab-ci.yml", "include:\n  - local: /ci/*.yml\n  - https://example.com/x.yml\nship:\n  extends: .deploy\n"),
            ("ci/deploy.yml", "include: [{ local: ci/deep/base.yml }]\n.deploy:\n  extends: .base\n  environment: production\n  script: [kubectl apply -f x]\n"),
            ("ci/deep/base.yml", "stages: [build, ship]\n.base: { stage: ship, resource_group: production, when: manual }\nown: { script: [make] }\n"));
        var ship = Assert.Single(jobs);
        Assert.Equal(("ship", "production", "ship"), (ship.Id, ship.Environment?.Name, ship.Stage));
        Assert.NotEmpty(ship.Deploys);
        Assert.NotNull(ship.Concurrency);
        Assert.NotNull(ship.Manual);
    }

    [Fact]
    public void GitLab_WhatTheFileItselfSays_Wins()
    {
        var job = Assert.Single(Jobs(
            (".gitlab-ci.yml", "include: ci/a.yml\n.deploy: { environment: own }\nship: { extends: .deploy, script: [a] }\n"),
            ("ci/a.yml", ".deploy: { environment: theirs }\n")));
        Assert.Equal("own", job.Environment?.Name);
    }

    [Theory]
    [InlineData("include: .gitlab-ci.yml\na: { extends: .b, script: [x] }\n")]
    [InlineData("include: [a.yml, b.yml, '../../etc/passwd', '/*', '**']\na: { extends: .b, script: [x] }\n")]
    public void GitLab_IncludesInCircles_End(string text) =>
        Assert.NotEmpty(Jobs((".gitlab-ci.yml", text), ("a.yml", "include: b.yml\n.b: { extends: .a }\n"), ("b.yml", "include: [a.yml, .gitlab-ci.yml]\n.a: { extends: .b }\n")));

    [Fact]
    public void GitLab_FindingOfAnIncludedHiddenJob_IsSaidOnceWhereItIsTakenIn()
    {
        SourceFile[] files =
        [
            File(".gitlab-ci.yml", "include: ci/a.yml\none: { extends: .get }\ntwo: { extends: .get }\n"),
            File("ci/a.yml", ".get:\n  script:\n    - curl -k https://example.com/x | sh\n"),
        ];
        var findings = new Auditor(new([RuleTable.Find("remote-script-execution")!])).Run(files).Findings;
        Assert.Equal((".gitlab-ci.yml", 1), (Assert.Single(findings).Locations[0].Path, findings[0].Locations[0].Line));
    }

    [Fact]
    public void Azure_StepsAndJobsOfTemplates_ArePartOfThePipeline_WithTheirParameters()
    {
        var jobs = Jobs(
            ("azure-pipelines.yml", "trigger: [main]\nstages:\n  - stage: ship\n    jobs:\n      - template: pipelines/deploy.yml\n        parameters: { target: production }\n      - job: test\n        steps: [{ template: pipelines/steps.yml }]\n"),
            ("pipelines/deploy.yml", "parameters: [{ name: target, default: dev }]\njobs:\n  - deployment: out\n    environment: ${{ parameters.target }}\n    strategy: { runOnce: { deploy: { steps: [{ template: /pipelines/apply.yml }] } } }\n"),
            ("pipelines/apply.yml", "steps: [{ script: kubectl apply -f x }]\n"),
            ("pipelines/steps.yml", "steps: [{ script: make test }, { template: steps.yml }]\n"));
        Assert.Equal(["ship.out", "ship.test"], jobs.Select(j => j.Id));
        Assert.Equal("production", jobs[0].Environment?.Name);
        Assert.NotEmpty(jobs[0].Deploys);
        Assert.True(jobs[1].Does(ActivityKind.Test));
    }

    [Theory]
    [InlineData("a/b", "../c.yml", "a/c.yml")]
    [InlineData("a/b", "/c.yml", "c.yml")]
    [InlineData("a", "./x/../c.yml", "a/c.yml")]
    [InlineData("a", "../../c.yml", null)]
    public void Azure_TemplatePaths_StayInTheRepository(string folder, string path, string? expected) => Assert.Equal(expected, AzureTemplates.Resolve(folder, path));

    [Fact]
    public void Fixes_NeverTouchTheLineThatStandsForAnotherFile()
    {
        SourceFile[] files =
        [
            File(".gitlab-ci.yml", "include:\n  - local: ci/a.yml\nship:\n  extends: .deploy\n"),
            File("ci/a.yml", ".deploy:\n  environment: production\n  retry: 2\n  allow_failure: true\n  image: a:latest\n  script: ['trivy image x || true', 'helm upgrade x y', 'kubectl apply -f x']\n"),
        ];
        var findings = new Auditor(new(RuleTable.All)).Run(files).Findings;
        var line = files[0].Text.Content.IndexOf("ci/a.yml", StringComparison.Ordinal);
        Assert.DoesNotContain(findings.SelectMany(f => f.Fix?.Edits ?? []), e => e.Path == ".gitlab-ci.yml" && e.Edit.Range.Start <= line && line <= e.Edit.Range.End);
    }

    [Fact]
    public void FilesThatAreTakenIn_AreReadOnceWhereverTheyLie_UnlessThePolicyLeavesThemOut()
    {
        SourceFile[] files =
        [
            File("signalbox.yaml", "apiVersion: signalbox/v1\naudit: { exclude: [left/] }\n"),
            File(".gitlab-ci.yml", "include: [/jobs/*.yml, /left/out.yml, /ci/known.yml, 'jobs/**.yml']\na: { trigger: { include: jobs/a.yml }, variables: { A: 1 } }\n"),
            File("jobs/a.yml", "a: { script: [make] }\n"),
            File("jobs/deep/b.yml", "b: { script: [make] }\n"),
            File("jobs/manifest.yml", "apiVersion: v1\nkind: Pod\n"),
            File("left/out.yml", "out: { script: [make] }\n"),
            File("ci/known.yml", "known: { script: [make] }\n"),
            File("azure-pipelines.yml", "steps: [{ template: left/steps.yml }, { template: az/steps.yml }]\n"),
            File("left/steps.yml", "steps: [{ script: make }]\n"),
            File("az/steps.yml", "steps: [{ script: make }]\n"),
        ];
        var pipelines = new Auditor(new(RuleTable.All)).Run(files).Repository.All<Pipeline>();
        Assert.Equal([".gitlab-ci.yml", "az/steps.yml", "azure-pipelines.yml", "ci/known.yml", "jobs/a.yml", "jobs/deep/b.yml"], pipelines.Select(p => p.File.Path));
    }

    [Theory]
    [InlineData("not: [yaml")]
    [InlineData("")]
    [InlineData("- a list")]
    [InlineData("include: [x.yml, .gitlab-ci.yml]\nsteps: [{ template: x.yml }]\n")]
    [InlineData("spec: { inputs: {} }\n---\nx: { script: [make] }\n")]
    public void FilesThatAreTakenIn_MayBeAnything(string text) =>
        Assert.Equal(3, new Auditor(new(RuleTable.All)).Run([File(".gitlab-ci.yml", "include: [x.yml, gone.yml, /, '*']\n"), File("azure-pipelines.yml", "steps: [{ template: x.yml }, { template: gone.yml }]\n"), File("x.yml", text)]).FilesRead);

    [Fact]
    public void FindingOfATemplate_IsSaidThere_AsGraveAsInThePipelineThatTakesItIn()
    {
        SourceFile[] files =
        [
            File("azure-pipelines.yml", "pr: [main]\nsteps:\n  - template: az/steps.yml\n"),
            File("az/steps.yml", "steps:\n  - script: echo $(Build.SourceVersionMessage)\n"),
        ];
        var finding = Assert.Single(new Auditor(new([RuleTable.Find("script-injection")!])).Run(files).Findings);
        Assert.Equal(("az/steps.yml", 2, RuleSeverity.High), (finding.Locations[0].Path, finding.Locations[0].Line, finding.Severity));
    }

    private const string Leaky = "  script:\n    - curl -k https://example.com/x | sh\n";

    [Fact]
    public void FindingAtTheLineOfAnInclusion_IsLeftOutForTheFileOfThatLineAlone()
    {
        SourceFile[] files =
        [
            File("signalbox.yaml", "apiVersion: signalbox/v1\naudit: { exclude: [left/] }\n"),
            File(".gitlab-ci.yml", "include:\n  - local: ci/a.yml\n  - local: left/b.yml\none: { extends: .a }\ntwo: { extends: .b }\n"),
            File("ci/a.yml", ".a:\n" + Leaky + "a: { extends: .a }\n"),
            File("left/b.yml", ".b:\n" + Leaky),
        ];
        var findings = new Auditor(new([RuleTable.Find("remote-script-execution")!])).Run(files).Findings;
        Assert.Equal([(".gitlab-ci.yml", 3), ("ci/a.yml", 3)], findings.Select(f => (f.Locations[0].Path, f.Locations[0].Line)));
    }

    [Theory]
    [InlineData(" # signalbox: ignore[remote-script-execution] known here", "", 0, 1)]
    [InlineData(" # signalbox: ignore[remote-script-execution] known here", "include: ci/a.yml\n", 1, 1)]
    public void InclusionThatIsIgnored_IsSaidNowhereElse_UnlessAnotherPipelineTakesTheFileIn(string ignore, string other, int expected, int ignored)
    {
        SourceFile[] files =
        [
            File(".gitlab-ci.yml", $"include:\n  - local: ci/a.yml{ignore}\none: {{ extends: .a }}\n"),
            File("ci/a.yml", ".a:\n" + Leaky),
            File("sub/.gitlab-ci.yml", other + "two: { extends: .a }\n"),
        ];
        var result = new Auditor(new([RuleTable.Find("remote-script-execution")!])).Run(files);
        Assert.Equal((expected, ignored), (result.Findings.Count, result.Ignored.Count));
    }

    [Fact]
    public void FilesOnDisk_ThatAreTakenIn_AreMendedWhereTheyLie()
    {
        using var folder = new TempDirectory();
        folder.Write(".gitlab-ci.yml", "include: { local: /deep/jobs.yml }\n");
        folder.Write("deep/jobs.yml", "a: { image: 'node:22', script: [make] }\n");
        System.IO.File.CreateSymbolicLink(folder.In("deep/link.yml"), folder.In("deep/jobs.yml"));
        folder.Write("images.lock", $"node:22 sha256:{new string('d', 64)}\n");
        var auditor = new Auditor(new([RuleTable.Find("unpinned-pipeline-image")!]));
        var (changed, applied) = FixRun.Apply(changed => auditor.Run(folder.Path, changed).Findings, path => FileLoader.Load(folder.Path, path).File, FixChoice.Safe);
        Assert.Equal((1, $"a: {{ image: 'node:22@sha256:{new string('d', 64)}', script: [make] }}\n"), (applied, Assert.Single(changed).Value.Text.Content));
    }

    private static ImmutableArray<Job> Jobs(params (string Path, string Text)[] files)
    {
        var repository = new Auditor(new(RuleTable.All)).Run([.. files.Select(f => File(f.Path, f.Text))]).Repository;
        return repository.At<Pipeline>(files[0].Path)!.Jobs;
    }
}
