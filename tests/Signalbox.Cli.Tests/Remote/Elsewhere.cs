using System.Text.Json;
using Signalbox.Tests.Identities;
using Signalbox.Tests.Outbound;

namespace Signalbox.Cli.Tests.Remote;

/// <summary>
/// A shop whose control plane is reached by its address alone: behind a proxy with TLS, from a home without any state directory, as a CI job does it.
/// The job's platform is an issuer on this machine, which also answers as GitHub's runner does.
/// </summary>
internal sealed class Elsewhere : IAsyncDisposable
{
    private readonly TemporaryDirectory _files = new();
    private readonly LocalIssuer _issuer = new();
    private readonly LoopbackServer _platform;

    private Elsewhere(Shop shop)
    {
        Shop = shop;
        _platform = new(request => request.Path switch
        {
            "/keys" => LoopbackAnswer.Text(200, _issuer.Keys(), "application/json"),
            "/ask" when request.Headers["authorization"] == "Bearer asked" => LoopbackAnswer.Text(200, JsonSerializer.Serialize(new { value = IdToken(request.Target.Split("&audience=")[1]) }), "application/json"),
            _ => LoopbackAnswer.Text(403, "no", "text/plain"),
        });
    }

    public Shop Shop { get; }

    public TlsProxy Proxy { get; private set; } = null!;

    public string Home => Directory.CreateDirectory(_files.Join("home")).FullName;

    public string Url => Proxy.Address;

    public string RequestUrl => $"{_platform.Address}ask?v=1";

    public string Join(string name) => _files.Join(name);

    public static async Task<Elsewhere> StartAsync(Shop? shop = null, string prefix = "")
    {
        var there = new Elsewhere(shop ?? new Shop());
        (await there.Shop.RunAsync("up", there.Shop.App)).Expect(0);
        using var control = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(there.Shop.State, "control.json")));
        there.Proxy = await TlsProxy.StartAsync(control.RootElement.GetProperty("address").GetString()!, there._files, prefix);
        return there;
    }

    /// <summary>A token file as a person would have made it there.</summary>
    public async Task<string> TokenFileAsync(params string[] scopes)
    {
        var made = (await Shop.RunAsync(["token", "create", "person:elsewhere", .. scopes.SelectMany(scope => new[] { "--scope", scope })])).Expect(0).Out.Trim();
        return _files.Write($"token-{string.Join('-', scopes)}", made + "\n");
    }

    /// <summary>Lets in the jobs of the platform.</summary>
    public void LetJobsIn(string scopes = "[deployer, evidence]", string validFor = "15m") => File.WriteAllText(Path.Combine(Shop.State, "identities.yaml"), $$"""
        apiVersion: signalbox-identities/v1
        audience: {{new Uri(Url).GetLeftPart(UriPartial.Authority)}}
        issuers: [{ name: github, provider: github, issuer: "{{_platform.Address.ToString().TrimEnd('/')}}", keys: "{{_platform.Address}}keys" }]
        rules: [{ principal: "ci:shop", issuer: github, claims: { repository_id: "4711", ref: refs/heads/main }, scopes: {{scopes}}, validFor: {{validFor}} }]
        """);

    public string IdToken(string? audience = null)
    {
        var claims = LocalIssuer.Claims(DateTimeOffset.UtcNow, _platform.Address.ToString().TrimEnd('/'));
        claims["aud"] = Uri.UnescapeDataString(audience ?? new Uri(Url).GetLeftPart(UriPartial.Authority));
        return _issuer.Token(claims);
    }

    /// <summary>A verb as a job runs it: the address and what is told, and nothing else of ours.</summary>
    public Task<Ended> RunAsync(IReadOnlyDictionary<string, string> told, params string[] arguments) => SignalboxProgram.RunAsync(Home, Surroundings(told), arguments);

    public Dictionary<string, string> Surroundings(IReadOnlyDictionary<string, string> told)
    {
        var all = new Dictionary<string, string> { ["HOME"] = Home, ["SIGNALBOX_URL"] = Url, ["SSL_CERT_FILE"] = Proxy.Authority, ["GITHUB_ACTIONS"] = "" };
        foreach (var (name, value) in told) all[name] = value;
        return all;
    }

    public async ValueTask DisposeAsync()
    {
        if (Proxy is not null) await Proxy.DisposeAsync();
        await _platform.DisposeAsync();
        await Shop.DisposeAsync();
        _files.Dispose();
    }
}
