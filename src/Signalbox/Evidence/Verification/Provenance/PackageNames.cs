using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Verification.Provenance;

/// <summary>A package's name and version, as two statements about it say them.</summary>
internal static class PackageNames
{
    private const string Prefix = "pkg:npm/";

    public static void Verify(Statement built, Statement published, PackagePolicy expected)
    {
        var (builtName, builtVersion) = FromSubject(built);
        var (publishedName, publishedVersion) = FromPredicate(published);
        if (builtName != publishedName || (builtVersion is not null && builtVersion != publishedVersion))
            throw new Refusal(VerificationError.InvalidDssePayload, $"the provenance is of '{JsonFields.Shown(builtName)}', the registry published '{JsonFields.Shown(publishedName)}'");
        if (expected.Name is { } name && name != builtName)
            throw new Refusal(VerificationError.MismatchPackageName, $"the package is '{JsonFields.Shown(builtName)}'; expected '{JsonFields.Shown(name)}'");
        if (expected.Version is { } version && (version != builtVersion || version != publishedVersion))
            throw new Refusal(VerificationError.MismatchPackageVersion, $"the version is '{JsonFields.Shown(builtVersion ?? "not said")}'; expected '{JsonFields.Shown(version)}'");
    }

    /// <summary>A package URL (purl): <c>pkg:npm/%40scope/name@1.2.3</c>.</summary>
    private static (string Name, string? Version) FromSubject(Statement statement)
    {
        var subject = statement.Subjects[0].Name;
        if (statement.Subjects.Count != 1 || !subject.StartsWith(Prefix, StringComparison.Ordinal)) throw Invalid(subject);
        var name = Uri.UnescapeDataString(subject[Prefix.Length..]);
        return name.LastIndexOf('@') is > 0 and var at ? (name[..at], name[(at + 1)..]) : (name, null);
    }

    private static (string Name, string? Version) FromPredicate(Statement statement)
    {
        try
        {
            var predicate = statement.Predicate ?? throw Invalid("nothing");
            return (predicate.RequiredText("name"), predicate.RequiredText("version"));
        }
        catch (MalformedException e)
        {
            throw new Refusal(VerificationError.InvalidDssePayload, e.Message);
        }
    }

    private static Refusal Invalid(string name) => new(VerificationError.InvalidPackageName, $"'{JsonFields.Shown(name)}' is not the name of an npm package");
}
