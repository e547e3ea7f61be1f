namespace Signalbox.Evidence.Verification.Notation;

/// <summary>The five validations of a signature (trust-store-trust-policy.md, "Signature Verification details").</summary>
public enum NotationValidation { Integrity, Authenticity, AuthenticTimestamp, Expiry, Revocation }

public enum NotationAction { Enforce, Log, Skip }

/// <summary>Which certificates and identities an image's signatures are held against.</summary>
/// <param name="Scopes">Repositories as <c>registry/path</c>, or <c>*</c> alone for all that no other statement names.</param>
/// <param name="AfterCertificateExpiry">A timestamp is only asked for where the chain has expired.</param>
/// <param name="Stores">Type (ca, signingAuthority, tsa) and name.</param>
/// <param name="Identities">Subjects that may have signed; empty where anyone of the stores may.</param>
internal sealed record NotationStatement(
    string Name, IReadOnlyList<string> Scopes, string Level, IReadOnlyDictionary<NotationValidation, NotationAction> Actions, bool AfterCertificateExpiry,
    IReadOnlyList<(string Type, string Name)> Stores, IReadOnlyList<IReadOnlyDictionary<string, string>> Identities)
{
    public bool IsSkip => Level == "skip";
}

/// <summary>A Notary Project trust policy for OCI artifacts (<c>trustpolicy.oci.json</c>, version 1.0), whole and valid.</summary>
public sealed class NotationPolicy
{
    internal NotationPolicy(IReadOnlyList<NotationStatement> statements) => Statements = statements;

    internal IReadOnlyList<NotationStatement> Statements { get; }

    /// <exception cref="FormatException">It is not valid; the message says which statement, what was seen and what was expected.</exception>
    public static NotationPolicy Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            return new(NotationPolicyReader.Read(json));
        }
        catch (Bundles.MalformedException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    /// <summary>A host has no case, and https's own port says nothing: <c>Registry.Example.com:443/app</c> is <c>registry.example.com/app</c>.</summary>
    internal static string Scope(string text)
    {
        if (text.IndexOf('/', StringComparison.Ordinal) is not (> 0 and var slash)) return text;
        var host = text[..slash].ToLowerInvariant();
        return (host.EndsWith(":443", StringComparison.Ordinal) ? host[..^4] : host) + text[slash..];
    }

    /// <summary>The statement that names the repository, else the one for all.</summary>
    /// <param name="scope"><c>registry/path</c>; null where it is not known.</param>
    internal NotationStatement? For(string? scope) =>
        Statements.FirstOrDefault(statement => scope is not null && statement.Scopes.Contains(Scope(scope))) ?? Statements.FirstOrDefault(statement => statement.Scopes is ["*"]);
}

/// <summary>Whom Notation signatures are traced back to.</summary>
/// <param name="Policy">What is demanded, by repository.</param>
/// <param name="Store">The files of a named store (type, name), each with certificates in PEM or DER; null where there is no such store.</param>
public sealed record NotationTrust(NotationPolicy Policy, Func<string, string, IReadOnlyList<byte[]>?> Store);
