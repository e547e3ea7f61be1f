using System.Text.Json;
using System.Text.Json.Nodes;

namespace Signalbox.Cli.Tests;

/// <summary>Signing and attesting with a key, verified again by the program itself.</summary>
public sealed class SignTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private Task<Ended> RunAsync(params string[] arguments) => SignalboxProgram.RunAsync(_directory.Path, null, arguments);

    private async Task MakeKeyAsync()
    {
        _directory.Write("app.tar", "hello\n");
        (await RunAsync("sign", "new-key", "acme.key")).Expect(0);
    }

    [Fact]
    public async Task NewKey_IsItsOwnersAlone_AndIsNeverOverwritten()
    {
        await MakeKeyAsync();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_directory.Join("acme.key")));
        var before = await File.ReadAllTextAsync(_directory.Join("acme.key"));
        var again = (await RunAsync("sign", "new-key", "acme.key")).Expect(1);
        Assert.Contains("error[key-exists]", again.Error);
        Assert.Equal(before, await File.ReadAllTextAsync(_directory.Join("acme.key")));
    }

    [Fact]
    public async Task SignedFile_IsVerifiedWithTheKey_AndSaysEachLink()
    {
        await MakeKeyAsync();
        (await RunAsync("sign", "app.tar", "--key", "acme.key")).Expect(0);
        var verified = (await RunAsync("verify", "app.tar.sigstore.json", "--artifact", "app.tar", "--key", "acme.key.pub")).Expect(0);
        Assert.Contains("proven     signature", verified.Out);
        Assert.Contains("accepted: signed with the key sha256:", verified.Out);
    }

    [Fact]
    public async Task AnotherArtifactOrKey_IsRefused_WithALineToPaste()
    {
        await MakeKeyAsync();
        _directory.Write("other.tar", "other\n");
        (await RunAsync("sign", "new-key", "other.key")).Expect(0);
        (await RunAsync("sign", "app.tar", "--key", "acme.key")).Expect(0);
        var artifact = (await RunAsync("verify", "app.tar.sigstore.json", "--artifact", "other.tar", "--key", "acme.key.pub")).Expect(1);
        Assert.Contains("error[verify-bad-bundle]: the signature is not over this artifact by this signer", artifact.Error);
        var key = (await RunAsync("verify", "app.tar.sigstore.json", "--artifact", "app.tar", "--key", "other.key.pub")).Expect(1);
        Assert.Contains("= help: signalbox verify app.tar.sigstore.json ", key.Error);
    }

    [Fact]
    public async Task NobodyExpected_CouldNotDecide()
    {
        await MakeKeyAsync();
        (await RunAsync("sign", "app.tar", "--key", "acme.key")).Expect(0);
        (await RunAsync("verify", "app.tar.sigstore.json", "--artifact", "app.tar")).Expect(1);
        (await RunAsync("verify", "missing.json")).Expect(3);
        (await RunAsync("verify")).Expect(2);
    }

    [Fact]
    public async Task Attested_SaysTheSubjectAndThePredicate()
    {
        await MakeKeyAsync();
        _directory.Write("result.json", """{"result":"PASSED","configuration":[]}""");
        (await RunAsync("attest", "app.tar", "--predicate", "result.json", "--type", "test-result", "--key", "acme.key", "--bundle", "result.sigstore.json")).Expect(0);
        var verified = (await RunAsync("verify", "result.sigstore.json", "--artifact", "app.tar", "--key", "acme.key.pub", "--format", "json")).Expect(0);
        using var json = JsonDocument.Parse(verified.Out);
        Assert.Equal("accept", json.RootElement.GetProperty("verdict").GetString());
        Assert.Equal("https://in-toto.io/attestation/test-result/v0.1", json.RootElement.GetProperty("facts").GetProperty("predicateType").GetString());
        Assert.Equal("app.tar", json.RootElement.GetProperty("facts").GetProperty("subjects")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task LinesOfBundles_AreEachVerified_AndOneIsEnough()
    {
        await MakeKeyAsync();
        (await RunAsync("sign", "new-key", "other.key")).Expect(0);
        foreach (var key in new[] { "acme", "other" }) (await RunAsync("sign", "app.tar", "--key", key + ".key", "--bundle", key + ".json")).Expect(0);
        _directory.Write("both.jsonl", await File.ReadAllTextAsync(_directory.Join("other.json")) + await File.ReadAllTextAsync(_directory.Join("acme.json")));
        var verified = (await RunAsync("verify", "both.jsonl", "--artifact", "app.tar", "--key", "acme.key.pub")).Expect(0);
        Assert.Contains("refused (BadBundle)", verified.Out);
        Assert.Contains("accepted: signed with the key", verified.Out);
    }

    [Fact]
    public async Task Statement_ThatWasComparedWithNothing_CouldNotDecide()
    {
        await MakeKeyAsync();
        _directory.Write("result.json", """{"result":"PASSED","configuration":[]}""");
        (await RunAsync("attest", "app.tar", "--predicate", "result.json", "--type", "test-result", "--key", "acme.key", "--bundle", "result.sigstore.json")).Expect(0);
        var undecided = (await RunAsync("verify", "result.sigstore.json", "--key", "acme.key.pub")).Expect(3);
        Assert.Contains("error[verify-nothing-compared]: the signature holds, and no artifact was compared", undecided.Error);
        Assert.Contains("= help: signalbox verify result.sigstore.json --artifact FILE", undecided.Error);
        Assert.Contains("undecided, as no artifact was compared: signed with the key sha256:", undecided.Out);
        Assert.DoesNotContain("accepted", undecided.All, StringComparison.Ordinal);
        Assert.StartsWith("""{"verdict":"undecided","reason":"no artifact was compared""", (await RunAsync("verify", "result.sigstore.json", "--key", "acme.key.pub", "--format", "json")).Expect(3).Out);
        (await RunAsync("verify", "result.sigstore.json", "--key", "acme.key.pub", "--any-subject")).Expect(0);
        (await RunAsync("verify", "result.sigstore.json", "--key", "acme.key.pub", "--artifact", "app.tar")).Expect(0);
    }

    [Theory]
    [InlineData("sign app.tar", 2, "error[usage]: expected --key, or --identity-token with --fulcio")]
    [InlineData("sign app.tar --key acme.key.pub", 3, "error[key-malformed]: acme.key.pub: the PEM holds a PUBLIC KEY; expected a private key")]
    [InlineData("sign missing.tar --key acme.key", 3, "error[artifact-unreadable]: missing.tar cannot be read")]
    [InlineData("sign app.tar --key acme.key --rekor nowhere", 2, "error[usage]: --rekor is 'nowhere'; expected an address")]
    [InlineData("sign app.tar --key acme.key --rekor http://rekor.example", 3, "error[signing-service]: http://rekor.example/api/v1/log/entries is not https")]
    [InlineData("sign app.tar --key acme.key --rekor http://127.0.0.1:1", 3, "error[signing-service]: http://127.0.0.1:1/api/v1/log/entries could not be reached")]
    [InlineData("attest app.tar --predicate app.tar --type test-result --key acme.key", 1, "error[predicate-malformed]: app.tar: the predicate is not JSON")]
    [InlineData("attest app.tar --predicate app.tar --type nonsense --key acme.key", 2, "error[usage]: 'nonsense' is not a predicate's type")]
    [InlineData("verify bundle --bundle app.tar --artifact-digest sha256:12", 2, "error[digest-malformed]: 'sha256:12' is not a digest")]
    [InlineData("verify app.tar --identity a", 2, "error[usage]: --identity needs --issuer")]
    [InlineData("verify app.tar --issuer https://a.example --key acme.key.pub", 2, "error[usage]: --issuer needs --identity")]
    [InlineData("verify app.tar --key acme.key.pub --level 3", 2, "error[usage]: --level needs --source")]
    [InlineData("verify app.tar --key acme.key.pub --branch main", 2, "error[usage]: --branch needs --source")]
    [InlineData("verify app.tar --key acme.key.pub --builder-id https://b.example", 2, "error[usage]: --builder-id needs --source")]
    [InlineData("verify app.tar --source github.com/acme/app --package-name app", 2, "error[usage]: --package-name needs --registry-keys")]
    [InlineData("verify app.tar --witness x", 2, "error[witness-malformed]: 'x' is not a witness's key")]
    [InlineData("conformance verify-bundle --bundle app.tar app.tar", 2, "error[usage]: expected --certificate-identity with --certificate-oidc-issuer, or --key")]
    public async Task WhatCannotBe_SaysWhy(string line, int code, string message)
    {
        await MakeKeyAsync();
        Assert.Contains(message, (await RunAsync(line.Split(' '))).Expect(code).Error);
    }

    [Fact]
    public async Task VerifyBundle_AnswersOneLineOfJson_AlsoForWhatIsNoBundle()
    {
        _directory.Write("x.json", "{}");
        var ended = (await RunAsync("verify", "bundle", "--bundle", "x.json", "--artifact-digest", "sha256:" + new string('0', 64), "--source", "github.com/acme/app")).Expect(1);
        var answer = JsonNode.Parse(ended.Out)!;
        Assert.Equal("reject", answer["verdict"]!.GetValue<string>());
        Assert.Equal("BadBundle", answer["error"]!.GetValue<string>());
        Assert.Single(ended.Out.TrimEnd('\n').Split('\n'));
    }
}
