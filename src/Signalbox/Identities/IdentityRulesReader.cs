using Signalbox.Delivery.Reading;
using Signalbox.Diagnostics;
using Signalbox.Yaml;

namespace Signalbox.Identities;

/// <summary>An identities file as it was read.</summary>
/// <param name="Rules">Null where the file has errors.</param>
public sealed record IdentityRulesFile(IdentityRules? Rules, IReadOnlyList<Finding> Findings);

/// <summary>Reads identities.yaml and says everything that is wrong with it at once.</summary>
public static class IdentityRulesReader
{
    public const string ApiVersion = "signalbox-identities/v1";

    /// <summary>What every token of Azure DevOps is for, and what Microsoft Entra takes from any issuer.</summary>
    public const string SharedAudience = "api://AzureADTokenExchange";

    private const int MostBytes = 256 << 10, MostIssuers = 20, MostRules = 1000;

    private static readonly TimeSpan s_validFor = TimeSpan.FromMinutes(15), s_longest = TimeSpan.FromHours(12);

    // what a repository, a project or a pipeline keeps when it is renamed: a name can be taken by somebody else
    private static readonly Dictionary<string, string[]> s_lasting = new(StringComparer.Ordinal)
    {
        ["github"] = ["repository_id", "repository_owner_id"],
        ["gitlab"] = ["project_id", "namespace_id"],
        ["azure"] = ["prj_id", "def_id", "org_id"],
    };

    // a pipeline hands in and takes out; it does not approve its own work, nor make tokens
    private static readonly string[] s_scopes = ["read", "logs", "deploy", "operate", "evidence", "viewer", "deployer"];

    private static readonly Shape s_file = new("identities",
    [
        ("apiVersion", ApiVersion), ("audience", "https://signalbox.acme.example"),
        ("issuers", "[{ name: github, provider: github, issuer: https://token.actions.githubusercontent.com }]"),
        ("rules", "[{ principal: ci:shop, issuer: github, claims: { repository_id: \"123456\", ref: refs/heads/main }, scopes: [deployer] }]"),
    ]);

    private static readonly Shape s_issuer = new("issuer", [("name", "github"), ("provider", "github"), ("issuer", "https://token.actions.githubusercontent.com"), ("keys", "https://token.actions.githubusercontent.com/.well-known/jwks"), ("audience", SharedAudience)]);

    private static readonly Shape s_rule = new("rule", [("principal", "ci:shop"), ("issuer", "github"), ("claims", "{ repository_id: \"123456\" }"), ("scopes", "[deployer]"), ("validFor", "15m"), ("application", "shop"), ("environment", "production")]);

    /// <param name="name">What findings call the file.</param>
    public static IdentityRulesFile Read(ReadOnlySpan<byte> utf8, string name)
    {
        var document = YamlReader.Read(utf8, new(MaxBytes: MostBytes));
        var file = new FileContext(name, document.Text, "identities", s_file.Line("rules"));
        foreach (var problem in document.Problems) file.Add(problem);
        var rules = document.Root is { } root ? Rules(file, root) : null;
        if (rules is null && file.Findings.Count == 0) file.Error("identities-empty", "the file says nothing; expected identities", new(1, 1, 1), s_file.Line("apiVersion"));
        return new(file.Findings.Any(finding => finding.Severity == Severity.Error) ? null : rules, FindingOrder.Sort(file.Findings));
    }

    private static IdentityRules? Rules(FileContext file, YamlNode root)
    {
        if (Section.Open(file, s_file, root, "the identities", s_file.Line("apiVersion")) is not { } section) return null;
        foreach (var (key, _) in s_file.Keys)
            if (!section.Has(key)) section.Missing(key);
        if (section.Has("apiVersion")) section.Choice("apiVersion", 0, (ApiVersion, 0));
        var issuers = section.List("issuers", MostIssuers).Select((node, i) => Issuer(file, node, i + 1)).OfType<IdentityIssuer>().ToList();
        var rules = section.List("rules", MostRules).Select((node, i) => Rule(file, node, i + 1, issuers)).OfType<IdentityRule>().ToList();
        if (issuers.GroupBy(issuer => issuer.Name).Any(group => group.Count() > 1) || issuers.GroupBy(issuer => issuer.Address).Any(group => group.Count() > 1))
            file.Error("identities-duplicate", "two issuers have one name or one address; expected different ones", section.Node("issuers")!.Span, s_file.Line("issuers"));
        var audience = section.Text("audience") ?? "";
        if (audience == SharedAudience) file.Error("identities-shared-audience", $"{SharedAudience} is everybody's; expected an audience that is ours alone", section.Node("audience")!.Span, $"{s_file.Line("audience")}   # and of an issuer that gives no other: audience: {SharedAudience}");
        return new(audience, issuers, rules);
    }

    private static IdentityIssuer? Issuer(FileContext file, YamlNode node, int number)
    {
        if (Section.Open(file, s_issuer, node, $"issuer {number}", s_file.Line("issuers")) is not { } section) return null;
        foreach (var key in new[] { "name", "provider", "issuer" })
            if (!section.Has(key)) section.Missing(key);
        var provider = section.Choice("provider", "github", [.. s_lasting.Keys.Select(word => (word, word))]);
        var (address, keys) = (Address(section, "issuer"), Address(section, "keys"));
        var audience = section.Text("audience");
        if (audience == SharedAudience) CheckShared(section, provider);
        return address is null ? null : new(section.Text("name") ?? "", provider, section.Text("issuer")!, keys) { Audience = audience };
    }

    /// <summary>
    /// A token for the shared audience lets whoever has it into Azure, too, where a federated credential names the job. GitHub and
    /// GitLab write whom a job asks for; Azure DevOps writes nobody else.
    /// </summary>
    private static void CheckShared(Section section, string provider)
    {
        var at = section.Node("audience")!.Span;
        const string ours = "audience: https://signalbox.acme.example";
        if (provider != "azure") section.File.Error("identities-shared-audience", $"{SharedAudience} is everybody's, and jobs of {provider} can ask for ours; expected none here", at, ours);
        else section.File.Warn("identities-shared-audience", $"tokens for {SharedAudience} are good for Azure, too, where a federated credential names the job; expected none that matters", at, ours, "not for us alone");
    }

    private static Uri? Address(Section section, string key)
    {
        if (section.Text(key) is not { } text) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)) && address.UserInfo.Length == 0) return address;
        section.File.Invalid(section.Node(key)!, key, text, "an address of https", section.Shape.Line(key));
        return null;
    }

    private static IdentityRule? Rule(FileContext file, YamlNode node, int number, List<IdentityIssuer> issuers)
    {
        if (Section.Open(file, s_rule, node, $"rule {number}", s_file.Line("rules")) is not { } section) return null;
        foreach (var key in new[] { "principal", "issuer", "claims", "scopes" })
            if (!section.Has(key)) section.Missing(key);
        var principal = section.Text("principal") ?? "";
        if (principal.Length > 0 && (!principal.StartsWith("ci:", StringComparison.Ordinal) || principal.Length > 64 || !principal.All(c => char.IsAsciiLetterOrDigit(c) || ":._@/-".Contains(c, StringComparison.Ordinal))))
            file.Invalid(section.Node("principal")!, "principal", principal, "a name that begins with ci:, of up to 64 letters, digits and :._@/-", s_rule.Line("principal"));
        var issuer = issuers.Find(known => known.Name == section.Text("issuer"));
        if (issuer is null && section.Has("issuer")) file.Invalid(section.Node("issuer")!, "issuer", section.Text("issuer") ?? "", "the name of one of the issuers", s_rule.Line("issuer"));
        var claims = section.TextMap("claims", _ => true);
        if (issuer is not null && section.Has("claims")) CheckLasting(section, claims, s_lasting[issuer.Provider]);
        var validFor = section.Duration("validFor", s_validFor);
        if (validFor > s_longest) file.Invalid(section.Node("validFor")!, "validFor", section.Text("validFor") ?? "", "at most 12h", s_rule.Line("validFor"));
        return issuer is null ? null : new(principal, issuer.Name, claims, Scopes(section), validFor, Name(section, "application"), Name(section, "environment"));
    }

    private static string? Name(Section section, string key)
    {
        if (section.Text(key) is not { } name || DnsName.IsValid(name)) return section.Text(key);
        section.File.Invalid(section.Node(key)!, key, name, "a name of lower-case letters, digits and dashes", s_rule.Line(key));
        return null;
    }

    private static void CheckLasting(Section section, IReadOnlyDictionary<string, string> claims, string[] lasting)
    {
        if (!lasting.Any(name => claims.TryGetValue(name, out var value) && value.Length > 0 && !value.Contains('*', StringComparison.Ordinal)))
            section.File.Error("identities-name-only", $"nothing in these claims outlives a rename; expected one of {string.Join(", ", lasting)}, written out", section.Node("claims")!.Span, section.Shape.Line("claims"));
    }

    private static List<string> Scopes(Section section)
    {
        var scopes = section.List("scopes", 20).Select(node => node.Text() ?? "").ToList();
        foreach (var (scope, node) in scopes.Zip(section.List("scopes", 20)))
            if (!s_scopes.Contains(scope)) section.File.Invalid(node, "scope", scope, $"one of {string.Join(", ", s_scopes)}", s_rule.Line("scopes"));
        return scopes;
    }
}
