using Signalbox.Evidence.Reports;

namespace Signalbox.Tests.Evidence.Reports;

public sealed class SbomTests
{
    [Fact]
    public void Diff_TellsAddedRemovedChangedAndRelicensed()
    {
        var before = Sbom(Component("a", "1.0", "MIT"), Component("b", "1.0", "MIT"), Component("gone", "1", "MIT"), Component("same", "1", "MIT"));
        var after = Sbom(Component("a", "1.1", "MIT"), Component("b", "1.0", "GPL-3.0-only"), Component("new", "1", "MIT"), Component("same", "1", "MIT"));
        var diff = SbomDiff.Between(before, after);
        Assert.Equal(["new"], diff.Added.Select(c => c.Name));
        Assert.Equal(["gone"], diff.Removed.Select(c => c.Name));
        Assert.Equal([("a", "1.0", "1.1")], diff.Changed.Select(c => (c.After.Name, c.Before.Version!, c.After.Version!)));
        Assert.Equal([("b", "MIT", "GPL-3.0-only")], diff.Relicensed.Select(c => (c.After.Name, c.Before.Licences[0], c.After.Licences[0])));
        Assert.True(SbomDiff.Between(before, before).IsEmpty);
    }

    [Fact]
    public void Diff_OfAComponentInSeveralVersions_LooksAtThoseThatDiffer()
    {
        var diff = SbomDiff.Between(Sbom(Component("a", "1", "MIT"), Component("a", "2", "MIT")), Sbom(Component("a", "2", "MIT"), Component("a", "3", "MIT"), Component("a", "4", "MIT")));
        Assert.Equal([("1", "3")], diff.Changed.Select(c => (c.Before.Version!, c.After.Version!)));
        Assert.Equal(["4"], diff.Added.Select(c => c.Version!));
        Assert.Empty(diff.Removed);
    }

    [Fact]
    public void Diff_OfManyComponents_TakesMemoryInProportion()
    {
        var (before, after) = (Sbom([.. Many("a")]), Sbom([.. Many("b")]));
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal((20_000, 20_000), (SbomDiff.Between(before, after).Added.Count, SbomDiff.Between(before, after).Removed.Count));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 400 << 20);
        static IEnumerable<SbomComponent> Many(string name) => Enumerable.Range(0, 20_000).Select(i => Component($"{name}{i}", "1", "MIT"));
    }

    [Fact]
    public void Diff_ByPackageUrl_TellsEcosystemsApart()
    {
        var npm = new SbomComponent("1", "core", "1", "pkg:npm/core@1", null, [], []);
        var diff = SbomDiff.Between(Sbom(npm), Sbom(npm with { Purl = "pkg:pypi/core@1" }));
        Assert.Single(diff.Added);
        Assert.Single(diff.Removed);
    }

    [Fact]
    public void NtiaMinimum_IsCompleteOnlyWithAllSeven()
    {
        var whole = Sbom(new SbomComponent("1", "a", "1", "pkg:npm/a@1", "Acme", [], [])) with { Authors = ["me"], HasDependencies = true, GeneratedAt = DateTimeOffset.UnixEpoch };
        Assert.Empty(NtiaMinimum.Check(whole));
        Assert.Equal("author of SBOM data", Assert.Single(NtiaMinimum.Check(whole with { Authors = [] })).Element);
        Assert.Equal("timestamp", Assert.Single(NtiaMinimum.Check(whole with { GeneratedAt = null })).Element);
        Assert.Equal("dependency relationship", Assert.Single(NtiaMinimum.Check(whole with { HasDependencies = false })).Element);
        Assert.Equal(new NtiaGap("supplier name", 1), Assert.Single(NtiaMinimum.Check(whole with { Components = [whole.Components[0] with { Supplier = null }] })));
        Assert.Equal(new NtiaGap("version of the component", 1), Assert.Single(NtiaMinimum.Check(whole with { Components = [whole.Components[0] with { Version = null }] })));
        Assert.Equal(new NtiaGap("other unique identifiers", 1), Assert.Single(NtiaMinimum.Check(whole with { Components = [whole.Components[0] with { Purl = null }] })));
        Assert.Equal(new NtiaGap("component name", 1), Assert.Single(NtiaMinimum.Check(whole with { Components = [whole.Components[0] with { Name = "" }] })));
    }

    [Fact]
    public void LicenceCount_PutsTheMostFrequentFirst()
    {
        var counts = LicenceCount.Of(Sbom(Component("a", "1", "MIT"), Component("b", "1", "MIT"), Component("c", "1", "ISC"), new SbomComponent(null, "d", null, null, null, [], [])));
        Assert.Equal([("MIT", 2), ("", 1), ("ISC", 1)], counts.Select(c => (c.Key, c.Value)));
    }

    private static SbomReport Sbom(params SbomComponent[] components) => new("cyclonedx", "1.6", [], components);

    private static SbomComponent Component(string name, string version, string licence) => new(name, name, version, $"pkg:npm/{name}@{version}", null, [licence], []);
}
