using System.Security.Cryptography.X509Certificates;
using System.Text;
using Signalbox.Tests.Evidence.Verification.Notation;

namespace Signalbox.Cli.Tests;

/// <summary>Notation signatures in files, by a trust policy of the caller's.</summary>
public sealed class NotationTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private Task<Ended> RunAsync(params string[] arguments) => SignalboxProgram.RunAsync(_directory.Path, new Dictionary<string, string> { ["NOTATION_CONFIG"] = _directory.Join("own") }, arguments);

    private void Write(NotationSigner signer, string level = "strict", string trust = "notation")
    {
        _directory.Write($"{trust}/trustpolicy.json", $$"""{"version":"1.0","trustPolicies":[{"name":"acme","registryScopes":["*"],"signatureVerification":{"level":"{{level}}"},"trustStores":["ca:acme"],"trustedIdentities":["*"]}]}""");
        _directory.Write($"{trust}/truststore/x509/ca/acme/root.pem", Encoding.ASCII.GetString(signer.Root));
        _directory.Write("app.jws", Encoding.UTF8.GetString(new LocalNotation(signer) { SigningTime = DateTimeOffset.UtcNow }.Jws()));
    }

    private static NotationSigner Signer(params X509Extension[] published) =>
        new(from: DateTimeOffset.UtcNow.AddDays(-1), to: DateTimeOffset.UtcNow.AddDays(1), published: which => which == "leaf" ? published : []);

    [Fact]
    public async Task Revocation_IsAskedWhereThePolicyWantsIt_AndOfflineItIsUnknown()
    {
        // nobody listens at port 1
        Write(Signer(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension(["http://127.0.0.1:1/leaf.crl"])));
        var asked = (await RunAsync("verify", "app.jws", "--artifact-digest", LocalNotation.Digest, "--notation", "notation")).Expect(1);
        Assert.Contains("error[verify-revocation-unknown]: whether the certificate of e2e was revoked cannot be determined: http://127.0.0.1:1/leaf.crl could not be reached", asked.Error);
        var offline = (await RunAsync("verify", "app.jws", "--artifact-digest", LocalNotation.Digest, "--notation", "notation", "--offline")).Expect(1);
        Assert.Contains("error[verify-revocation-unknown]: whether the certificate of e2e was revoked cannot be determined offline", offline.Error);
    }

    [Fact]
    public async Task Demand_ThatASignatureCannotMeet_IsNotPassedOver()
    {
        Write(Signer());
        async Task RefusedAsync(string error, params string[] more) =>
            Assert.Contains($"error[{error}]", (await RunAsync(["verify", "app.jws", "--artifact-digest", LocalNotation.Digest, .. more])).Expect(1).Error);
        (await RunAsync("verify", "app.jws", "--artifact-digest", LocalNotation.Digest, "--notation", "notation")).Expect(0);
        await RefusedAsync("verify-invalid-dsse-payload", "--notation", "notation", "--source", "github.com/acme/app");
        await RefusedAsync("verify-no-log-proof", "--notation", "notation", "--require-log");
        // the digest that is given must be the one that was signed, whatever its algorithm
        Assert.Contains("error[verify-mismatch-hash]", (await RunAsync("verify", "app.jws", "--artifact-digest", "sha512:" + new string('a', 128), "--notation", "notation")).Expect(1).Error);

        // a trust policy that merely lies where notation has it lets nobody in beside those who were named
        Write(Signer(), trust: "own");
        (await RunAsync("verify", "app.jws", "--artifact-digest", LocalNotation.Digest)).Expect(0);
        (await RunAsync("sign", "new-key", "acme.key")).Expect(0);
        await RefusedAsync("verify-mismatch-identity", "--key", "acme.key.pub");
        await RefusedAsync("verify-mismatch-identity", "--identity", "dev@acme.example", "--issuer", "https://accounts.example");
    }

    /// <summary>What a policy lets pass without a look at it proves nobody.</summary>
    [Fact]
    public async Task Policy_ThatSkips_DecidesNothing()
    {
        _directory.Write("notation/trustpolicy.json", """{"version":"1.0","trustPolicies":[{"name":"acme","registryScopes":["*"],"signatureVerification":{"level":"skip"}}]}""");
        _directory.Write("app.jws", """{"payload":"","protected":"","signature":""}""");
        Assert.Contains("error[verify-no-expectation]: the trust policy lets it pass, and nobody is proven to have signed it", (await RunAsync("verify", "app.jws", "--notation", "notation")).Expect(3).Error);
        (await RunAsync("sign", "new-key", "acme.key")).Expect(0);
        (await RunAsync("verify", "app.jws", "--notation", "notation", "--key", "acme.key.pub")).Expect(3);
        _directory.Write("own/trustpolicy.json", File.ReadAllText(_directory.Join("notation/trustpolicy.json")));
        (await RunAsync("verify", "app.jws")).Expect(3);
        (await RunAsync("verify", "app.jws", "--key", "acme.key.pub")).Expect(1);
    }
}
