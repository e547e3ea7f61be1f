using Signalbox.Pipelines;
using Signalbox.Pipelines.Portable;
using static Signalbox.Tests.Pipelines.Portable.PortableRig;

namespace Signalbox.Tests.Pipelines.Portable;

/// <summary>What Azure means by its triggers, macros and steps, and what becomes of it elsewhere.</summary>
public sealed class AzureMeaningTests
{
    private static string Azure(string trigger, string steps = "- script: make", string pr = "none") => $"trigger: {trigger}\npr: {pr}\npool:\n  vmImage: ubuntu-latest\nsteps:\n{steps}\n";

    [Theory]
    [InlineData("{ branches: { exclude: ['*'] }, tags: { include: ['*'] } }", "branches: [] tags: any")]
    [InlineData("{ branches: { include: [main, refs/tags/*] } }", "branches: main tags: any")]
    [InlineData("{ branches: { include: [main, refs/tags/v*] } }", "branches: main tags: v**")]
    [InlineData("{ branches: { include: ['refs/tags/v*'] } }", "branches: [] tags: v**")]
    [InlineData("[main, refs/tags/v*]", "branches: main tags: v**")]
    [InlineData("{ tags: { include: ['v*'] } }", "branches: [] tags: v**")]
    [InlineData("{ tags: { exclude: ['v*'] } }", "branches: [] tags: any")]
    [InlineData("{ branches: { include: ['*'], exclude: [wip] } }", "branches: any tags: [] not wip")]
    [InlineData("{ branches: { include: [refs/heads/main] }, paths: { exclude: ['*'], include: [src] } }", "branches: main tags: []")]
    public void WhatAPushStarts_IsByBranchesAndTags(string trigger, string expected)
    {
        var push = PortableRig.Read(Platform.AzurePipelines, Azure(trigger)).Pipeline.Triggers.Single(t => t.Event == PortableEvent.Push);
        static string Said(IReadOnlyList<string>? globs) => globs is null ? "any" : globs.Count == 0 ? "[]" : string.Join(',', globs);
        Assert.Equal(expected, $"branches: {Said(push.Branches)} tags: {Said(push.Tags)}{(push.IgnoredBranches.Count > 0 ? $" not {Said(push.IgnoredBranches)}" : "")}");
    }

    [Theory]
    [InlineData("{ branches: { exclude: ['*'] } }", "none")]
    [InlineData("{ branches: { exclude: [refs/heads/*] } }", "{ branches: { exclude: ['*'] } }")]
    [InlineData("{ paths: { exclude: ['*'] } }", "none")]
    public void WhatLeavesOutEverything_StartsNothing(string trigger, string pr)
    {
        var pipeline = PortableRig.Read(Platform.AzurePipelines, Azure(trigger, pr: pr)).Pipeline;
        Assert.Equal([PortableEvent.Manual], pipeline.Triggers.Select(t => t.Event));
        Assert.DoesNotContain("push", Converted(Platform.AzurePipelines, Platform.GitHubActions, Azure(trigger, pr: pr)).Text);
    }

    [Fact]
    public void TagsAlone_StartItElsewhere()
    {
        var source = Azure("{ branches: { exclude: ['*'] }, tags: { include: ['*'] } }");
        Assert.Contains("  push:\n    tags: ['**']\n", Converted(Platform.AzurePipelines, Platform.GitHubActions, source).Text);
        Assert.Contains("$CI_COMMIT_TAG", Converted(Platform.AzurePipelines, Platform.GitLab, source).Text);
        Assert.Contains(Converted(Platform.AzurePipelines, Platform.Jenkins, source).Notes, n => n.Kind == Carried.Left && n.What.Contains("every tag", StringComparison.Ordinal));
    }

    [Fact]
    public void AnUpload_IsAnArtifact()
    {
        var (text, notes) = Converted(Platform.AzurePipelines, Platform.GitHubActions, Azure("none", "- upload: out/a.zip\n  artifact: drop3"));
        Assert.Contains("actions/upload-artifact", text);
        Assert.Contains("path: out/a.zip", text);
        Assert.DoesNotContain(notes, n => n.Kind == Carried.Left);
    }

    [Theory]
    [InlineData("- foo: bar\n  with: x", "foo: bar with with: x")]
    [InlineData("- getPackage: feed\n  path: x", "getPackage: feed with path: x")]
    [InlineData("- reviewApp: review", "reviewApp: review")]
    public void AStepThatOnlyAzureKnows_OrNobody_IsLeftByName(string step, string expected)
    {
        var source = Azure("none", "- script: make\n" + step);
        var (text, notes) = Converted(Platform.AzurePipelines, Platform.GitLab, source);
        Assert.Contains($"left for a person: {expected}", text);
        Assert.Contains(notes, n => n.Kind == Carried.Left && n.What == $"{expected.Split(" with ")[0]} is not carried");
        Assert.Contains(step.Split('\n')[0], Converted(Platform.AzurePipelines, Platform.AzurePipelines, source).Text);
    }

    [Fact]
    public void AMacroThatOnlyTheSettingsHold_IsHandedOver()
    {
        var source = Azure("none", "- script: ./deploy --token $(API_TOKEN) --to $(target) --at $(date) --in $(pwd)");
        var (text, notes) = Converted(Platform.AzurePipelines, Platform.GitHubActions, source);
        Assert.Contains("./deploy --token ${API_TOKEN} --to ${target} --at $(date) --in $(pwd)", text);
        Assert.Contains("API_TOKEN: ${{ secrets.API_TOKEN }}", text);
        Assert.Contains("target: ${{ vars.target }}", text);
        Assert.Contains("withCredentials([string(credentialsId: 'API_TOKEN', variable: 'API_TOKEN')])", Converted(Platform.AzurePipelines, Platform.Jenkins, source).Text);
        Assert.Contains(Converted(Platform.AzurePipelines, Platform.GitLab, source).Notes, n => n.Kind == Carried.Changed && n.What.StartsWith("API_TOKEN comes from", StringComparison.Ordinal));
        Assert.Contains(notes, n => n.Kind == Carried.Changed && n.What.StartsWith("API_TOKEN", StringComparison.Ordinal));
        Assert.Contains("API_TOKEN: $(API_TOKEN)", Converted(Platform.AzurePipelines, Platform.AzurePipelines, source).Text);
    }

    [Theory]
    [InlineData("- script: |\n    build() { make; }\n    x=$(build)", "x=$(build)")]
    [InlineData("- pwsh: $x = $(Get-Date)", "$x = $(Get-Date)")]
    [InlineData("- bash: echo '$(TOKEN)'", "echo ''\"${TOKEN}\"''")]
    public void ACommandOfTheShell_StaysOne(string step, string expected) =>
        Assert.Contains(expected, Converted(Platform.AzurePipelines, Platform.GitHubActions, Azure("none", step)).Text);

    [Theory]
    [InlineData("'dist/*.whl'", "SourceFolder: dist\n", "Contents: '*.whl'\n")]
    [InlineData("\"a\\n!a/tmp\"", "SourceFolder: a\n", "Contents: |-\n            **\n            !tmp\n            !tmp/**\n")]
    public void APattern_IsCopiedForAzure_AndReadAgain(string path, string folder, string contents)
    {
        var source = $"on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/upload-artifact@v4\n        with: {{ name: w, path: {path}, include-hidden-files: true }}\n";
        var (text, notes) = Converted(Platform.GitHubActions, Platform.AzurePipelines, source);
        Assert.Contains("task: CopyFiles@2", text);
        Assert.Contains(folder, text);
        Assert.Contains(contents, text);
        Assert.Contains("publish: $(Build.ArtifactStagingDirectory)/w\n", text);
        Assert.DoesNotContain(notes, n => n.Kind == Carried.Left);
        var read = PortableRig.Read(Platform.AzurePipelines, text).Pipeline.Jobs[0].Steps.OfType<UploadStep>().Single();
        Assert.Equal("w", read.ArtifactName.Literal);
        Assert.Equal(PortableRig.Read(Platform.GitHubActions, source).Pipeline.Jobs[0].Steps.OfType<UploadStep>().Single().Paths.Select(p => p.Literal), read.Paths.Select(p => p.Literal));
    }
}
