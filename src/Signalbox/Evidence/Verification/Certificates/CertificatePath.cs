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

    /// <summary>Certificates that may come with a signature: more are an attempt to make the search long.</summary>
    public const int MostProvided = 10;

    /// <param name="provided">Came with the signature: only steps on the way, never trusted.</param>
    /// <param name="trusted">The authority's own chain, each issued by the next; the last is the anchor.</param>
    /// <returns>The path: the leaf, its issuer, and so on to the anchor.</returns>
    /// <exception cref="Refusal">There is no such path, or more is provided than <see cref="MostProvided"/>.</exception>
    public static IReadOnlyList<Certificate> Verify(Certificate leaf, IReadOnlyList<Certificate> provided, IReadOnlyList<Certificate> trusted, PathDemand demand)
    {
        if (provided.Count > MostProvided) throw Refusal.Bad($"{provided.Count} certificates came with the signature; the most is {MostProvided}");
        CheckLeaf(leaf, demand);
        return Find(leaf, provided, trusted, demand)
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

    /// <summary>
    /// The shortest path first, and each provided certificate on one path only: whoever provides them could else have every order of
    /// them tried, a signature each.
    /// </summary>
    private static List<Certificate>? Find(Certificate leaf, IReadOnlyList<Certificate> provided, IReadOnlyList<Certificate> trusted, PathDemand demand)
    {
        var (paths, left) = (new Queue<List<Certificate>>([[leaf]]), provided.Where(certificate => certificate != leaf).ToList());
        while (paths.TryDequeue(out var path))
        {
            if (FindTrusted(path, trusted, demand) is { } whole) return whole;
            if (path.Count == Longest) continue;
            foreach (var next in left.Where(certificate => Issues(certificate, path, demand)).ToList())
            {
                left.Remove(next);
                paths.Enqueue([.. path, next]);
            }
        }
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
