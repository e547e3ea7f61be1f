using System.Text.Json;
using System.Text.RegularExpressions;
using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Verification.Notation;

/// <summary>Reads a trust policy and refuses what would leave open what it means (trust-store-trust-policy.md, "Trust Policy Constraints").</summary>
internal static partial class NotationPolicyReader
{
    private const int MostStatements = 1000;

    private static readonly Dictionary<string, NotationAction[]> s_levels = new(StringComparer.Ordinal)
    {
        // in the order of NotationValidation
        ["strict"] = [NotationAction.Enforce, NotationAction.Enforce, NotationAction.Enforce, NotationAction.Enforce, NotationAction.Enforce],
        ["permissive"] = [NotationAction.Enforce, NotationAction.Enforce, NotationAction.Log, NotationAction.Log, NotationAction.Log],
        ["audit"] = [NotationAction.Enforce, NotationAction.Log, NotationAction.Log, NotationAction.Log, NotationAction.Log],
        ["skip"] = [NotationAction.Skip, NotationAction.Skip, NotationAction.Skip, NotationAction.Skip, NotationAction.Skip],
    };

    private static readonly Dictionary<string, NotationValidation> s_overrides = new(StringComparer.Ordinal)
    {
        ["authenticity"] = NotationValidation.Authenticity,
        ["authenticTimestamp"] = NotationValidation.AuthenticTimestamp,
        ["expiry"] = NotationValidation.Expiry,
        ["revocation"] = NotationValidation.Revocation,
    };

    public static IReadOnlyList<NotationStatement> Read(ReadOnlyMemory<byte> json)
    {
        var policy = JsonFields.Parse(json, "the trust policy").Only("version", "trustPolicies");
        if (policy.Text("version") is not "1.0") throw new MalformedException($"the trust policy's version is '{JsonFields.Shown(policy.Text("version") ?? "")}'; expected 1.0");
        var statements = policy.Objects("trustPolicies").Select(ReadStatement).ToList();
        if (statements.Count is 0 or > MostStatements) throw new MalformedException($"the trust policy has {statements.Count} statements; expected 1 to {MostStatements}");
        if (Twice(statements.Select(statement => statement.Name)) is { } name) throw new MalformedException($"several statements have the name '{JsonFields.Shown(name)}'; expected one of each");
        if (Twice(statements.SelectMany(statement => statement.Scopes)) is { } scope) throw new MalformedException($"the registry scope '{JsonFields.Shown(scope)}' stands in several places; expected one statement for each scope");
        return statements;
    }

    private static string? Twice(IEnumerable<string> words) => words.GroupBy(word => word, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;

    private static NotationStatement ReadStatement(JsonFields fields)
    {
        fields.Only("name", "registryScopes", "signatureVerification", "trustStores", "trustedIdentities");
        var name = fields.RequiredText("name");
        var verification = fields.RequiredObject("signatureVerification").Only("level", "override", "verifyTimestamp");
        var (level, actions) = ReadLevel(verification, name);
        var (stores, identities) = (Texts(fields, "trustStores"), Texts(fields, "trustedIdentities"));
        if (level == "skip" && stores.Count + identities.Count > 0) throw Wrong(name, "skips verification, so it must have neither trust stores nor trusted identities");
        if (level != "skip" && (stores.Count == 0 || identities.Count == 0)) throw Wrong(name, "lacks trust stores or trusted identities; expected both");
        return new(name, ReadScopes(fields, name), level, actions, ReadTimestamp(verification, name), [.. stores.Select(store => ReadStore(store, name))], ReadIdentities(identities, name));
    }

    private static (string Level, IReadOnlyDictionary<NotationValidation, NotationAction> Actions) ReadLevel(JsonFields verification, string name)
    {
        var level = verification.RequiredText("level");
        if (!s_levels.TryGetValue(level, out var actions)) throw Wrong(name, $"has the level '{JsonFields.Shown(level)}'; expected strict, permissive, audit or skip");
        var result = Enum.GetValues<NotationValidation>().ToDictionary(validation => validation, validation => actions[(int)validation]);
        if (verification.Object("override") is not { } changes) return (level, result);
        if (level == "skip") throw Wrong(name, "skips verification, which cannot be overridden");
        foreach (var change in changes.Element.EnumerateObject()) Override(result, change.Name, changes.RequiredText(change.Name), name);
        return (level, result);
    }

    private static void Override(Dictionary<NotationValidation, NotationAction> actions, string validation, string action, string name)
    {
        if (!s_overrides.TryGetValue(validation, out var which)) throw Wrong(name, $"overrides '{JsonFields.Shown(validation)}'; expected one of {string.Join(", ", s_overrides.Keys)}");
        actions[which] = action switch
        {
            "enforce" => NotationAction.Enforce,
            "log" => NotationAction.Log,
            "skip" when which == NotationValidation.Revocation => NotationAction.Skip,
            _ => throw Wrong(name, $"sets {validation} to '{JsonFields.Shown(action)}'; expected enforce or log{(which == NotationValidation.Revocation ? " or skip" : "")}"),
        };
    }

    private static bool ReadTimestamp(JsonFields verification, string name) => verification.Text("verifyTimestamp") switch
    {
        null or "always" => false,
        "afterCertExpiry" => true,
        var other => throw Wrong(name, $"has verifyTimestamp '{JsonFields.Shown(other)}'; expected always or afterCertExpiry"),
    };

    private static IReadOnlyList<string> ReadScopes(JsonFields fields, string name)
    {
        var scopes = Texts(fields, "registryScopes");
        if (scopes.Count == 0) throw Wrong(name, "has no registry scopes; expected repositories, or *");
        if (scopes.Contains("*") && scopes.Count > 1) throw Wrong(name, "has the registry scope * beside others; expected it alone");
        if (scopes is ["*"]) return scopes;
        foreach (var scope in scopes)
            if (!ScopeForm().IsMatch(scope)) throw Wrong(name, $"has the registry scope '{JsonFields.Shown(scope)}'; expected a whole repository without scheme and tag, such as registry.example.com/team/app");
        return [.. scopes.Select(NotationPolicy.Scope)];
    }

    private static (string Type, string Name) ReadStore(string text, string name)
    {
        if (text.Split(':', 2) is not [var type, var store]) throw Wrong(name, $"has the trust store '{JsonFields.Shown(text)}'; expected TYPE:NAME");
        if (type is not ("ca" or "signingAuthority" or "tsa")) throw Wrong(name, $"has a trust store of type '{JsonFields.Shown(type)}'; expected ca, signingAuthority or tsa");
        // the name becomes a directory
        return StoreForm().IsMatch(store) && store is not ("." or "..") ? (type, store) : throw Wrong(name, $"has the trust store '{JsonFields.Shown(text)}'; expected a name of letters, digits, _, . and -");
    }

    private static List<IReadOnlyDictionary<string, string>> ReadIdentities(IReadOnlyList<string> texts, string name)
    {
        if (texts is ["*"]) return [];
        if (texts.Contains("*")) throw Wrong(name, "has the trusted identity * beside others; expected it alone");
        var identities = texts.Select(text => ReadIdentity(text, name)).ToList();
        for (var i = 0; i < identities.Count; i++)
            for (var j = 0; j < identities.Count; j++)
                if (i != j && SubjectNames.Includes(identities[j], identities[i])) throw Wrong(name, $"has overlapping trusted identities: '{JsonFields.Shown(texts[i])}' and '{JsonFields.Shown(texts[j])}'");
        return identities;
    }

    private static IReadOnlyDictionary<string, string> ReadIdentity(string text, string name)
    {
        if (text.Length == 0) throw Wrong(name, "has an empty trusted identity");
        if (text.Split(':', 2) is not ["x509.subject", { Length: > 0 } subject]) throw Wrong(name, $"has the trusted identity '{JsonFields.Shown(text)}'; expected 'x509.subject:' and a name, or *");
        try
        {
            return SubjectNames.Parse(subject);
        }
        catch (MalformedException e)
        {
            throw Wrong(name, $"has the trusted identity '{JsonFields.Shown(text)}': {e.Message}");
        }
    }

    private static IReadOnlyList<string> Texts(JsonFields fields, string name) =>
        [.. fields.List(name).Select(element => element.ValueKind == JsonValueKind.String ? element.GetString()! : throw new MalformedException($"{fields.At(name)} has an element that is not a string"))];

    private static MalformedException Wrong(string statement, string what) => new($"the statement '{JsonFields.Shown(statement)}' {what}");

    [GeneratedRegex(@"\A[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)+\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex ScopeForm();

    [GeneratedRegex(@"\A[A-Za-z0-9_.-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex StoreForm();
}
