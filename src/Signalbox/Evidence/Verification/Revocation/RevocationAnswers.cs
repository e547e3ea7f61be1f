using System.Security.Cryptography;

namespace Signalbox.Evidence.Verification.Revocation;

/// <summary>What must be asked to know whether a certificate was revoked.</summary>
/// <param name="Address">Http or https, as a certificate under a trusted root names it.</param>
/// <param name="Request">An OCSP request, DER, that is posted there; null where a list is fetched.</param>
public sealed record RevocationQuestion(Uri Address, byte[]? Request)
{
    internal string Key => Request is null ? Address.AbsoluteUri : $"{Address.AbsoluteUri} {Convert.ToHexStringLower(SHA256.HashData(Request))}";
}

/// <summary>
/// Answers of authorities, had before a verification that is pure: it leaves open what it misses, and is run again when that
/// was asked. Not for several threads.
/// </summary>
public sealed class RevocationAnswers
{
    private readonly Dictionary<string, (byte[]? Answer, string? Problem)> _answers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RevocationQuestion> _open = new(StringComparer.Ordinal);

    /// <summary>Questions that the last verification had no answer to.</summary>
    public IReadOnlyList<RevocationQuestion> Open => [.. _open.Values];

    /// <param name="answer">Its bytes, never trusted; null where there is none.</param>
    /// <param name="problem">Why there is none, for people.</param>
    public void Take(RevocationQuestion question, byte[]? answer, string? problem = null)
    {
        _answers[question.Key] = (answer, problem);
        _open.Remove(question.Key);
    }

    /// <returns>False where it was not asked yet.</returns>
    internal bool TryGet(RevocationQuestion question, out (byte[]? Answer, string? Problem) answer)
    {
        if (_answers.TryGetValue(question.Key, out answer)) return true;
        _open[question.Key] = question;
        return false;
    }
}
