using System.Runtime.CompilerServices;

namespace Signalbox.Evidence.Verification.Certificates;

/// <summary>
/// Remembers, as long as both certificates are held, that one authority's certificate was signed by another: a trusted
/// root is read once and its chain would else be verified anew, at a millisecond a link, for every bundle.
/// </summary>
internal static class IssuedPairs
{
    private static readonly ConditionalWeakTable<Certificate, Certificate> s_verified = [];

    public static bool Verify(Certificate issuer, Certificate child)
    {
        if (s_verified.TryGetValue(child, out var known) && ReferenceEquals(known, issuer)) return true;
        if (!child.IsSignedBy(issuer)) return false;
        if (child.Use.IsAuthority) s_verified.AddOrUpdate(child, issuer);
        return true;
    }
}
