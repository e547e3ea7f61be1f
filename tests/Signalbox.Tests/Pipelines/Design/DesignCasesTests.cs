using Signalbox.Audit;
using Signalbox.Pipelines;
using Signalbox.Pipelines.Portable;
using Signalbox.Tests.Pipelines.Portable;
using static Signalbox.Tests.Audit.PolicyTests;

namespace Signalbox.Tests.Pipelines.Design;

/// <summary>Golden repositories in tests/cases/design: for each platform the pipeline that is designed, and why.</summary>
public sealed class DesignCasesTests
{
    public static TheoryData<string, Platform> Rows
    {
        get
        {
            var rows = new TheoryData<string, Platform>();
            foreach (var name in Cases.Of("design"))
                foreach (var platform in DesignRig.Platforms) rows.Add(name, platform);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Design_IsAsAccepted(string name, Platform platform)
    {
        var design = DesignRig.Design(name, platform);
        Cases.Verify(DesignRig.Expected(name, platform), design.Text);
        Cases.Verify(Cases.PathOf("design", name, $"expected.{DesignRig.Word(platform)}.decisions.txt"), string.Concat(design.Decisions.All.Select(d => $"{d.Id} = {d.Choice.Replace("\n", "\n    ", StringComparison.Ordinal)}\n  {d.Why}{(d.Place.Length > 0 ? $" ({d.Place})" : "")}\n")));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Design_HasNoFinding_EvenForAnAuditor(string name, Platform platform)
    {
        var design = DesignRig.Design(name, platform);
        var pipeline = PipelineConversion.FileOf(platform);
        // beside the manifests, which say how a release goes back; what is found in those is judged by their own test
        var result = new Auditor(new(RuleTable.All)).Run([File(pipeline, design.Text), .. design.Delivery.Where(f => f.Path.EndsWith(".yaml", StringComparison.Ordinal)).Select(f => File(f.Path, f.Text))]);
        Assert.Empty(result.Findings.Where(f => f.Locations[0].Path == pipeline).Select(f => $"{f.Rule.Id}: {f.Message} at {f.Locations[0].Line}"));
        Assert.NotEmpty(result.Repository.All<Pipeline>());
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Design_LeavesNothingForAPerson(string name, Platform platform) =>
        Assert.Empty(DesignRig.Design(name, platform).Notes.Where(n => n.Kind == Carried.Left).Select(n => n.What));

    [Theory]
    [MemberData(nameof(Rows))]
    public void Design_HoldsToThePlatformsSchema(string name, Platform platform)
    {
        Assert.SkipWhen(platform == Platform.Jenkins, "Jenkinsfiles have no JSON Schema");
        Assert.SkipUnless(Directory.Exists(Path.Combine(Cases.Root, "..", "shared", "schemas", "pipelines")), "the platforms' schemas are not beside the repository");
        Assert.Empty(WrittenSchemaTests.Problems(DesignRig.Word(platform), DesignRig.Design(name, platform).Text));
    }

    /// <summary>What the product promises of a pipeline, asked of the reader that the audit has.</summary>
    [Theory]
    [InlineData(Platform.GitHubActions)]
    [InlineData(Platform.GitLab)]
    [InlineData(Platform.AzurePipelines)]
    [InlineData(Platform.Jenkins)]
    public void Design_OfARepositoryWithChart_HasTheWholeChain(Platform platform)
    {
        var result = new Auditor(new(RuleTable.All)).Run([File(PipelineConversion.FileOf(platform), DesignRig.Design("node", platform).Text)]);
        var pipeline = Assert.Single(result.Repository.All<Pipeline>()).Document;
        foreach (var kind in (ActivityKind[])[ActivityKind.Scan, ActivityKind.BuildImage, ActivityKind.PublishImage, ActivityKind.Sbom, ActivityKind.Sign, ActivityKind.Attest, ActivityKind.Verify, ActivityKind.Deploy])
            Assert.True(pipeline.Jobs.Any(j => j.Does(kind)), $"nothing does {kind}");
        var last = pipeline.Jobs.Single(j => j.Id is "deploy-production" or "deploy_production");
        Assert.Equal(pipeline.Jobs.Length - 1, pipeline.Before(last).Count);
        Assert.All(pipeline.Jobs, j => Assert.NotNull(j.Timeout));
    }

    /// <summary>The checks come before the first release, the release before its promotion, and both are known for deployments.</summary>
    [Theory]
    [InlineData(Platform.GitHubActions)]
    [InlineData(Platform.GitLab)]
    [InlineData(Platform.AzurePipelines)]
    [InlineData(Platform.Jenkins)]
    public void Design_BySignalbox_ReleasesOnce_AndPromotes(Platform platform)
    {
        var result = new Auditor(new(RuleTable.All)).Run([File(PipelineConversion.FileOf(platform), DesignRig.Design("signalbox-go", platform).Text)]);
        var pipeline = Assert.Single(result.Repository.All<Pipeline>()).Document;
        Job Of(string name) => pipeline.Jobs.Single(j => j.Id.Replace('_', '-') == name);
        Assert.Equal("signalbox", Assert.Single(Of("deploy-staging").Deploys).Tool);
        Assert.True(Of("deploy-staging").Does(ActivityKind.Sbom));
        Assert.Equal("signalbox", Assert.Single(Of("deploy-production").Deploys).Tool);
        Assert.Equal(pipeline.Jobs.Length - 1, pipeline.Before(Of("deploy-production")).Count);
        Assert.Contains(Of("deploy-staging"), pipeline.Before(Of("deploy-production")));
        Assert.DoesNotContain(pipeline.Jobs, j => j.Does(ActivityKind.PublishImage));
    }

    /// <summary>What was designed is read as the jobs that were meant; written again and read again it is the same pipeline.</summary>
    [Theory]
    [MemberData(nameof(Rows))]
    public void Design_IsReadBackAsTheSame(string name, Platform platform)
    {
        var design = DesignRig.Design(name, platform);
        var read = PortableRig.Read(platform, design.Text).Pipeline;
        // 'image' is a word of GitLab's own
        Assert.Equal(design.Pipeline.Jobs.Select(j => j.Id), read.Jobs.Select(j => j.Id.Replace('_', '-').Replace("job ", "", StringComparison.Ordinal)));
        Assert.Equal(PortableRig.Print(read), PortableRig.Print(PortableRig.Read(platform, PortableRig.Write(platform, read).Text).Pipeline));
    }
}
