using System.Diagnostics;
using System.Text;

namespace Signalbox.Cli.Tests;

/// <summary>
/// What is signed here is verified by npm's Sigstore client, against a Fulcio, Rekor and timestamp authority of npm's
/// @sigstore/mock on this machine. The packages are no part of this repository: SIGSTORE_NPM names a node_modules with
/// @sigstore/mock 0.12, @sigstore/verify 3.1 and what they bring (<c>npm install @sigstore/mock @sigstore/verify</c>).
/// </summary>
public sealed class SigstoreInteroperationTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private static string Modules => Environment.GetEnvironmentVariable("SIGSTORE_NPM") ?? "";

    private static string Script(string name) => Path.Combine(SignalboxProgram.Root(), "tests", "Signalbox.Cli.Tests", "Sigstore", name);

    [Theory]
    [InlineData("sign app.tar --key acme.key", false, true)]
    [InlineData("attest app.tar --predicate result.json --type test-result --key acme.key", false, true)]
    [InlineData("sign app.tar --key acme.key --rekor URL --trusted-root root.json", true, true)]
    [InlineData("sign app.tar --key acme.key --rekor URL --timestamp URL/api/v1/timestamp --trusted-root root.json", true, true)]
    [InlineData("sign app.tar --identity-token token.jwt --fulcio URL --rekor URL --trusted-root root.json", true, false)]
    [InlineData("sign app.tar --identity-token token.jwt --fulcio URL --rekor URL --timestamp URL/api/v1/timestamp --trusted-root root.json", true, false)]
    [InlineData("attest app.tar --predicate result.json --type test-result --identity-token token.jwt --fulcio URL --rekor URL --rekor-entry intoto --trusted-root root.json", true, false)]
    [InlineData("conformance sign-bundle --identity-token TOKEN --trusted-root root.json --signing-config config.json app.tar", true, false)]
    public async Task Signed_IsAcceptedByNpmsClient_AndByThisProgram(string line, bool logged, bool keyed)
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(Modules, "@sigstore", "mock")), "SIGSTORE_NPM does not name a node_modules with @sigstore/mock and @sigstore/verify");
        await PrepareAsync();
        using var mock = SignalboxProgram.Start("node", _directory.Path, null, Script("mock.mjs"), Modules, "root.json");
        try
        {
            var url = await mock.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? throw new InvalidOperationException(await mock.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
            _directory.Write("config.json", $$"""{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","caUrls":[{"url":"{{url}}","majorApiVersion":1}],"rekorTlogUrls":[{"url":"{{url}}/v2","majorApiVersion":2},{"url":"{{url}}","majorApiVersion":1}],"tsaUrls":[{"url":"{{url}}/api/v1/timestamp","majorApiVersion":1}]}""");
            var token = await File.ReadAllTextAsync(_directory.Join("token.jwt"), TestContext.Current.CancellationToken);
            (await RunAsync([.. line.Replace("TOKEN", token, StringComparison.Ordinal).Replace("URL", url, StringComparison.Ordinal).Split(' '), "--bundle", "made.json"])).Expect(0);
        }
        finally
        {
            mock.Kill();
        }
        string[] expected = keyed ? ["--key", "acme.key.pub"] : ["--identity", "https://github.com/acme/app/*", "--issuer", "https://issuer.mock"];
        (await RunAsync(["verify", "made.json", "--artifact", "app.tar", "--trusted-root", "root.json", .. expected])).Expect(0);
        Assert.Equal(keyed ? "a key" : "https://github.com/acme/app/.github/workflows/r.yml@refs/heads/main", (await NpmAsync("app.tar", logged, keyed)).Expect(0).Out.Trim());
        (await NpmAsync("other.tar", logged, keyed)).Expect(line.StartsWith("attest", StringComparison.Ordinal) ? 0 : 1);
    }

    private async Task PrepareAsync()
    {
        _directory.Write("app.tar", "hello\n");
        _directory.Write("other.tar", "other\n");
        _directory.Write("result.json", """{"result":"PASSED"}""");
        _directory.Write("token.jwt", $"{Part("""{"alg":"none"}""")}.{Part("""{"iss":"https://issuer.mock","aud":"sigstore","sub":"https://github.com/acme/app/.github/workflows/r.yml@refs/heads/main"}""")}.x");
        (await RunAsync("sign", "new-key", "acme.key")).Expect(0);
    }

    private static string Part(string json) => Convert.ToBase64String(Encoding.UTF8.GetBytes(json)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private Task<Ended> RunAsync(params string[] arguments) => SignalboxProgram.RunAsync(_directory.Path, null, arguments);

    private async Task<Ended> NpmAsync(string artifact, bool logged, bool keyed)
    {
        using Process node = SignalboxProgram.Start("node", _directory.Path, null, Script("verify.mjs"), Modules, "made.json", artifact, logged ? "root.json" : "-", keyed ? "acme.key.pub" : "-");
        return await SignalboxProgram.EndOf(node);
    }
}
