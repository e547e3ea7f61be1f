using System.Text;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Provenance;

namespace Signalbox.Tests.Evidence.Verification.Provenance;

/// <summary>A package's name and version, as the builder's statement and the registry's say them, against what is expected.</summary>
public sealed class PackageNamesTests
{
    private const string Published = """{"name":"@acme/app","version":"1.2.3"}""";

    private static Statement Of(IEnumerable<string> subjects, string? predicate) => new(
        "https://in-toto.io/Statement/v1", [.. subjects.Select(name => new VerifiedSubject(name, new Dictionary<string, string>()))], "x",
        predicate is null ? null : JsonFields.Parse(Encoding.UTF8.GetBytes(predicate), "the predicate"));

    private static void Verify(string subjects, string? published = Published, string? name = null, string? version = null) =>
        PackageNames.Verify(Of(subjects.Split(' '), null), Of(["x"], published), new(name, version, RegistryKeys.Read("""{"keys":[]}"""u8.ToArray())));

    private static void Refused(VerificationError error, string saying, Action verify)
    {
        var refusal = Assert.Throws<Refusal>(verify);
        Assert.Equal((error, saying), (refusal.Error, refusal.Message));
    }

    [Theory]
    [InlineData("pkg:npm/%40acme/app@1.2.3", "@acme/app", "1.2.3")]
    [InlineData("pkg:npm/%40acme/app@1.2.3", null, null)]
    [InlineData("pkg:npm/%40acme/app", "@acme/app", null)]
    [InlineData("pkg:npm/@acme/app@1.2.3", "@acme/app", "1.2.3")]
    public void Package_ThatIsTheExpected_IsTaken(string subject, string? name, string? version) => Verify(subject, name: name, version: version);

    [Fact]
    public void Package_WithoutAScope_IsTaken() => Verify("pkg:npm/app@1.2.3", """{"name":"app","version":"1.2.3"}""", "app", "1.2.3");

    [Fact]
    public void Statements_AreAboutOnePackage()
    {
        const string Other = "the provenance is of '@acme/app', the registry published '@acme/other'", Same = "the provenance is of '@acme/app', the registry published '@acme/app'";
        Refused(VerificationError.InvalidDssePayload, Other, () => Verify("pkg:npm/%40acme/app@1.2.3", """{"name":"@acme/other","version":"1.2.3"}"""));
        Refused(VerificationError.InvalidDssePayload, Same, () => Verify("pkg:npm/%40acme/app@1.2.3", """{"name":"@acme/app","version":"1.2.4"}"""));
        Refused(VerificationError.InvalidDssePayload, Other, () => Verify("pkg:npm/%40acme/app", """{"name":"@acme/other","version":"1.2.3"}"""));
    }

    [Fact]
    public void AnotherPackageOrVersion_IsRefused()
    {
        Refused(VerificationError.MismatchPackageName, "the package is '@acme/app'; expected '@acme/other'", () => Verify("pkg:npm/%40acme/app@1.2.3", name: "@acme/other", version: "1.2.3"));
        Refused(VerificationError.MismatchPackageVersion, "the version is '1.2.3'; expected '1.2.4'", () => Verify("pkg:npm/%40acme/app@1.2.3", name: "@acme/app", version: "1.2.4"));
        Refused(VerificationError.MismatchPackageVersion, "the version is 'not said'; expected '1.2.3'", () => Verify("pkg:npm/%40acme/app", version: "1.2.3"));
    }

    [Fact]
    public void Subject_ThatIsNoPackage_IsRefused()
    {
        Refused(VerificationError.InvalidPackageName, "'app@1.2.3' is not the name of an npm package", () => Verify("app@1.2.3"));
        Refused(VerificationError.InvalidPackageName, "'pkg:npm/%40acme/app@1.2.3' is not the name of an npm package", () => Verify("pkg:npm/%40acme/app@1.2.3 pkg:npm/%40acme/app@1.2.3"));
    }

    [Fact]
    public void Registry_SaysNameAndVersion()
    {
        Refused(VerificationError.InvalidPackageName, "'nothing' is not the name of an npm package", () => Verify("pkg:npm/%40acme/app@1.2.3", null));
        Refused(VerificationError.InvalidDssePayload, "the predicate.name is missing or empty", () => Verify("pkg:npm/%40acme/app@1.2.3", """{"version":"1.2.3"}"""));
        Refused(VerificationError.InvalidDssePayload, "the predicate.version is missing or empty", () => Verify("pkg:npm/%40acme/app@1.2.3", """{"name":"@acme/app"}"""));
    }
}
