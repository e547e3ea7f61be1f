namespace Signalbox.Evidence.Verification.Revocation;

internal enum RevocationState
{
    /// <summary>It names nobody who would say that it was.</summary>
    NotRevocable,

    Good,
    Revoked,

    /// <summary>Nobody said, or what was said does not hold.</summary>
    Unknown,
}

/// <param name="Detail">Who says so, or why nobody does; lower case, no full stop.</param>
/// <param name="IsOpen">Whether somebody is still to be asked.</param>
internal sealed record RevocationStatus(RevocationState State, string Detail, bool IsOpen = false);
