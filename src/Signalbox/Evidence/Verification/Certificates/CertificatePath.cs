namespace Signalbox.Evidence.Verification.Certificates;

/// <summary>What a path must be good for.</summary>
/// <param name="At">When every certificate of the path must be valid.</param>
/// <param name="Usage">The extended key usage that the leaf must have and no authority may exclude.</param>
internal sealed record PathDemand(DateTimeOffset At, string Usage);

/// <summary>
/// Finds and checks the path from a leaf to a trusted certificate (RFC 5280 section 6, without policies, name
/// constraints and revocation: certificates with such constraints are refused, and Fulcio's live ten minutes).
/// </summary>
internal static class CertificatePath
{
    // leaf, and as many authorities as any real hierarchy has
    private const int Longest = 8;

    /// <param name="provided">Came with the signature: only steps on the way, never trusted.</param>
    /// <param name="trusted">The authority's own chain, each issued by the next; the last is the anchor.</param>
    /// <returns>The path: the leaf, its issuer, and so on to the anchor.</returns>
    /// <exception cref="Refusal">There is no such path.</exception>
    public static IReadOnlyList<Certificate> Verify(Certificate leaf, IReadOnlyList<Certificate> provided, IReadOnlyList<Certificate> trusted, PathDemand demand)
    {
        CheckLeaf(leaf, demand);
        return Extend([leaf], provided, trusted, demand)
            ?? throw Refusal.Bad($"the certificate of {leaf.SubjectName} was not issued by a trusted authority at {demand.At:u}");
    }

    private static void CheckLeaf(Certificate leaf, PathDemand demand)
    {
        if (!leaf.IsValidAt(demand.At))
            throw Refusal.Bad($"the certificate is valid from {leaf.NotBefore:u} to {leaf.NotAfter:u}, which does not include {demand.At:u}");
        if (leaf.Use.IsAuthority) throw Refusal.Bad("the signing certificate is one of an authority");
        if (!leaf.Use.MaySign) throw Refusal.Bad("the certificate's key usage does not allow signing");
        if (!leaf.Use.IsFor(demand.Usage)) throw Refusal.Bad($"the certificate is not for the usage {demand.Usage}");
    }

    private static List<Certificate>? Extend(List<Certificate> path, IReadOnlyList<Certificate> provided, IReadOnlyList<Certificate> trusted, PathDemand demand)
    {
        if (path.Count > Longest) return null;
        if (FindTrusted(path, trusted, demand) is { } whole) return whole;
        foreach (var next in provided)
            if (!path.Contains(next) && Issues(next, path, demand) && Extend([.. path, next], provided, trusted, demand) is { } found)
                return found;
        return null;
    }

    private static List<Certificate>? FindTrusted(List<Certificate> path, IReadOnlyList<Certificate> trusted, PathDemand demand)
    {
        for (var i = 0; i < trusted.Count; i++)
            if (Issues(trusted[i], path, demand) && Climb([.. path, trusted[i]], trusted, i + 1, demand) is { } whole)
                return whole;
        return null;
    }

    // the rest of the trusted chain must hold too: its authorities may have expired or lack a right
    private static List<Certificate>? Climb(List<Certificate> path, IReadOnlyList<Certificate> trusted, int from, PathDemand demand)
    {
        for (var i = from; i < trusted.Count; i++)
        {
            if (!Issues(trusted[i], path, demand)) return null;
            path = [.. path, trusted[i]];
        }
        return path;
    }

    /// <summary>Whether the certificate may have issued, and did sign, the last of the path.</summary>
    private static bool Issues(Certificate issuer, List<Certificate> path, PathDemand demand)
    {
        var child = path[^1];
        return issuer.Subject.Span.SequenceEqual(child.Issuer.Span)
            && KeyIdsAgree(issuer, child)
            && issuer.IsValidAt(demand.At)
            && issuer.Use.MayIssue
            && issuer.Use.MayIssueFor(demand.Usage)
            && AuthoritiesBelow(path) <= (issuer.Use.PathLength ?? int.MaxValue)
            && IssuedPairs.Verify(issuer, child);
    }

    private static bool KeyIdsAgree(Certificate issuer, Certificate child) =>
        child.Use.AuthorityKeyId is not { } wanted || issuer.Use.SubjectKeyId is not { } has || wanted.Span.SequenceEqual(has.Span);

    // self-issued ones do not count (RFC 5280 section 6.1.4)
    private static int AuthoritiesBelow(List<Certificate> path) => path.Skip(1).Count(certificate => !certificate.IsSelfIssued);
}
