using System.Text;
using Signalbox.Evidence.Reports;
using Signalbox.Evidence.Sboms;

namespace Signalbox.Tests.Evidence.Sboms;

public sealed class SbomCasesTests
{
    public static TheoryData<string> Names => [.. Cases.Of("sboms")];

    [Theory]
    [MemberData(nameof(Names))]
    public void Sbom_OfEachProject_IsAsAccepted(string name) =>
        Cases.Verify(Path.Combine(SbomCase.Folder(name), "expected.cdx.json"), Encoding.UTF8.GetString(SbomCase.Write(SbomCase.Read(name))));

    [Theory]
    [MemberData(nameof(Names))]
    public void Sbom_OfEachProject_IsValid_AndNamesTheRelease(string name)
    {
        var inventory = SbomCase.Read(name);
        var sbom = SbomCase.ReadAgain(inventory);
        Assert.Empty(sbom.Problems);
        Assert.Equal("bom-1.6.schema.json", sbom.Schema);
        Assert.Equal(inventory.Components.Count, sbom.Components.Count);
        Assert.Contains("SHA-256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03", sbom.Root!.Identifiers);
        // what came from a repository by its commit alone has no version: that is said, not made up
        var missing = NtiaMinimum.Check(sbom).Select(gap => gap.Element).Where(element => inventory.Components.Count > 0 || element != "dependency relationship");
        Assert.Empty(missing.Except(sbom.Components.Any(component => component.Version is null) ? ["version of the component"] : []));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Sbom_OfTheSameFiles_HasTheSameBytes(string name) => Assert.Equal(SbomCase.Write(SbomCase.Read(name)), SbomCase.Write(SbomCase.Read(name)));

    [Theory]
    [MemberData(nameof(Names))]
    public void PackageUrls_AreCanonical(string name)
    {
        foreach (var component in SbomCase.Read(name).Components)
            Assert.Equal(component.Reference, PackageUrl.Parse(component.Reference)!.ToString());
    }

    [Fact]
    public void EveryFormat_HasACase()
    {
        var read = Cases.Of("sboms").SelectMany(name => SbomCase.Read(name).Lockfiles).Select(file => file.Format).ToHashSet();
        Assert.Empty(LockfileFormats.All.Select(format => format.Name).Except(read));
    }
}
