using System.Security.Cryptography;
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
    public async Task NewKey_BesideAnothersPublicKey_IsNotMade()
    {
        _directory.Write("other.key.pub", "somebody else's\n");
        Assert.Contains("error[key-exists]: other.key.pub is there already", (await RunAsync("sign", "new-key", "other.key")).Expect(1).Error);
        Assert.False(File.Exists(_directory.Join("other.key")));
        Assert.Equal("somebody else's\n", await File.ReadAllTextAsync(_directory.Join("other.key.pub")));
    }

    [Fact]
    public async Task KeyThatNobodyWouldTake_SaysWhy()
    {
        await MakeKeyAsync();
        using var rsa = RSA.Create(1024);
        using var curve = ECDsa.Create(ECCurve.CreateFromFriendlyName("secp256k1"));
        foreach (var pem in new[] { rsa.ExportPkcs8PrivateKeyPem(), rsa.ExportRSAPrivateKeyPem(), curve.ExportPkcs8PrivateKeyPem() })
        {
            _directory.Write("weak.key", pem + "\n");
            Assert.Contains("error[key-malformed]: weak.key: ", (await RunAsync("sign", "app.tar", "--key", "weak.key")).Expect(3).Error);
        }
    }

    /// <summary>A checkout from outside may hold a file of any name: it takes the place of no image and no digest.</summary>
    [Theory]
    [InlineData("registry.example/acme/app:1.4", "an image in a registry")]
    [InlineData("sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "a digest")]
    public async Task FileNamedLikeAnImage_IsNotTakenForIt(string word, string what)
    {
        await MakeKeyAsync();
        foreach (var isFile in new[] { false, true })
        {
            if (isFile) Directory.Delete(_directory.Join(word));
            if (isFile) _directory.Write(word, "{}");
            else Directory.CreateDirectory(_directory.Join(word));
            var refused = (await RunAsync("verify", word, "--key", "acme.key.pub")).Expect(2);
            Assert.Contains($"error[usage]: '{word}' reads as {what}, and is here as a file or directory, too", refused.Error);
            Assert.Contains($"= help: signalbox verify ./{word}", refused.Error);
        }
        Assert.Contains("verify-bad-bundle", (await RunAsync("verify", "./" + word, "--key", "acme.key.pub")).Expect(1).Error);
        if (word.StartsWith("registry", StringComparison.Ordinal)) Assert.Contains($"= help: signalbox evidence add ./{word}", (await RunAsync("evidence", "add", word)).Expect(2).Error);
        else (await RunAsync("attest", word, "--predicate", "app.tar", "--type", "test-result", "--key", "acme.key")).Expect(2);
    }

    /// <summary>A pipe has no end, and a link leads out of the layout.</summary>
    [Fact]
    public async Task Layout_WithAPipeOrALink_IsRefused()
    {
        await MakeKeyAsync();
        Directory.CreateDirectory(_directory.Join("saved/elsewhere/sha256"));
        using (var made = System.Diagnostics.Process.Start("mkfifo", [_directory.Join("saved/index.json")])) await made.WaitForExitAsync();
        Assert.Contains("no index.json", (await RunAsync("verify", "./saved", "--key", "acme.key.pub")).Expect(1).Error);
        File.Delete(_directory.Join("saved/index.json"));
        var image = "{}";
        var hex = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(image)));
        _directory.Write("saved/index.json", $$"""{"manifests":[{"digest":"sha256:{{hex}}"}]}""");
        _directory.Write($"saved/elsewhere/sha256/{hex}", image);
        Directory.CreateSymbolicLink(_directory.Join("saved/blobs"), "elsewhere");
        Assert.Contains("is missing in the layout", (await RunAsync("verify", "./saved", "--key", "acme.key.pub")).Expect(1).Error);
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
    [InlineData("verify app.tar --key acme.key.pub --source EMPTY", 2, "error[usage]: --source is empty; expected a value, or the option left out")]
    [InlineData("verify app.tar --source github.com/acme/app --branch EMPTY", 2, "error[usage]: --branch is empty")]
    [InlineData("verify app.tar --source github.com/acme/app --tag EMPTY", 2, "error[usage]: --tag is empty")]
    [InlineData("verify app.tar --source github.com/acme/app --versioned-tag EMPTY", 2, "error[usage]: --versioned-tag is empty")]
    [InlineData("verify bundle --bundle app.tar --source github.com/acme/app --builder-id EMPTY", 2, "error[usage]: --builder-id is empty")]
    [InlineData("verify app.tar --source github.com/acme/app --registry-keys EMPTY", 2, "error[usage]: --registry-keys is empty")]
    [InlineData("verify app.tar --source github.com/acme/app --package-version EMPTY", 2, "error[usage]: --package-version is empty")]
    [InlineData("verify app.tar --key acme.key.pub --artifact-digest sha256:0000000000000000000000000000000000000000000000000000000000000000 --artifact-digest sha256:1111111111111111111111111111111111111111111111111111111111111111", 2, "which no artifact has both; expected one for each algorithm")]
    [InlineData("conformance verify-bundle --bundle app.tar app.tar", 2, "error[usage]: expected --certificate-identity with --certificate-oidc-issuer, or --key")]
    public async Task WhatCannotBe_SaysWhy(string line, int code, string message)
    {
        await MakeKeyAsync();
        Assert.Contains(message, (await RunAsync([.. line.Split(' ').Select(word => word == "EMPTY" ? "" : word)])).Expect(code).Error);
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
