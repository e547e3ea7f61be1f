using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Provenance;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>A registry's list that would hold but for one thing is refused for that thing, at its link.</summary>
public sealed class PackageRefusalTests
{
    private const string Publish = "https://github.com/npm/attestation/tree/main/specs/publish/v0.1";
    private const string Slsa02 = "https://slsa.dev/provenance/v0.2";

    private sealed record Refused(LocalSample Sample, VerificationError Error, string Link, string Reason);

    private static readonly Dictionary<string, Func<Refused>> s_rows = new(StringComparer.Ordinal)
    {
        ["no source is asked"] = () => new(Npm().Ask(policy => policy with { Provenance = null }), VerificationError.NoExpectation, "format", "a list of package attestations needs the source that it must be built from"),
        ["no keys are given"] = () => new(Npm().Ask(policy => policy with { Provenance = policy.Provenance! with { Package = null } }), VerificationError.NoExpectation, "format", "a list of package attestations needs the registry's keys"),
        ["no attestation of the registry"] = () => new(Changed(list => list.RemoveAt(0)), VerificationError.InvalidFormat, "format", "the list has 0 entries that are publish attestation; expected one"),
        ["two attestations of the registry"] = () => new(Changed(list => list.Add(list[0]!.DeepClone())), VerificationError.InvalidFormat, "format", "the list has 2 entries that are publish attestation; expected one"),
        ["an attestation of no type"] = () => new(Changed(list => list[1]!.AsObject().Remove("predicateType")), VerificationError.InvalidFormat, "format", "the list has 0 entries that are provenance; expected one"),
        ["a message in place of the provenance"] = () => new(Changed(list => list[1]!["bundle"] = JsonNode.Parse(LocalSamples.Get("message-0.3").Bundle)), VerificationError.InvalidDssePayload, "format", "a package attestation is not a statement"),
        ["provenance of another type than the list says"] = () => new(Changed(list => list[1]!["predicateType"] = LocalSamples.SlsaOne), VerificationError.InvalidDssePayload, "signature", $"the list says that an attestation is '{LocalSamples.SlsaOne}', the statement says '{Slsa02}'"),
        ["a publication of another type than the list says"] = () => new(Changed(list => list[0]!["predicateType"] = Publish + "9"), VerificationError.InvalidDssePayload, "package", $"the list says that an attestation is '{Publish}9', the statement says '{Publish}'"),
        ["a publication that was not logged"] = () => new(Published(bundle => bundle with { Entry = EntryKind.None }), VerificationError.NoLogProof, "package", "the bundle has no transparency log entry"),
        ["a publication of another key"] = () => new(Published(bundle => bundle with { KeyHint = "SHA256:other" }), VerificationError.BadBundle, "package", "the registry has no key 'SHA256:other' for attestations"),
        ["a publication by a certificate"] = () => new(Published(bundle => bundle with { Certificate = LocalSamples.Instance.Certify(bundle.Key, LocalSigstore.Workflow, LocalSigstore.GitHubClaims()) }), VerificationError.BadBundle, "package", "the registry has no key '' for attestations"),
        ["a publication of something else"] = () => new(Published(bundle => bundle, new('0', 128)), VerificationError.MismatchHash, "package", $"the registry published something else than {string.Join(" or ", Npm().Policy.Artifact)}"),
    };

    public static TheoryData<string> Names => [.. s_rows.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void List_ThatFailsInOneThing_IsRefusedForThat(string name)
    {
        var row = s_rows[name]();
        var result = row.Sample.Verify();
        Assert.Equal((row.Error, row.Reason), (result.Error, result.Reason));
        Assert.Equal(new VerificationStep(row.Link, LinkOutcome.Refused, row.Reason), result.Steps[^1]);
    }

    [Fact]
    public void Publication_MadeAnew_IsAccepted() => Assert.True(Published(bundle => bundle).Verify().Accepted);

    private static LocalSample Npm() => LocalSamples.Get("npm");

    private static LocalSample Changed(Action<JsonArray> change) => Npm().Change(list => change(list["attestations"]!.AsArray()));

    /// <summary>With what the registry attests made anew, by a key that is the registry's.</summary>
    private static LocalSample Published(Func<LocalBundle, LocalBundle> with, string? sha512 = null)
    {
        var registry = LocalKey.P256();
        var bundle = with(new(LocalSamples.Instance, registry) { Version = "0.2", Entry = EntryKind.InToto, KeyHint = "SHA256:local" });
        var statement = LocalStatements.Statement(Publish, new() { ["name"] = "@acme/app", ["version"] = "1.2.3", ["registry"] = "https://registry.local" },
            ("pkg:npm/%40acme/app@1.2.3", "sha512", sha512 ?? Convert.ToHexStringLower(SHA512.HashData("hello\n"u8))));
        var keys = RegistryKeys.Read(Encoding.UTF8.GetBytes(LocalSamples.RegistryKeysJson(registry).ToJsonString()));
        return Changed(list => list[0]!["bundle"] = JsonNode.Parse(bundle.Envelope(statement, keyId: bundle.KeyHint)))
            .Ask(policy => policy with { Provenance = policy.Provenance! with { Package = policy.Provenance.Package! with { Keys = keys } } });
    }
}
