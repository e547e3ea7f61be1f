using Signalbox.Ledger;

namespace Signalbox.Server.Access;

/// <param name="Bound">What its token is for.</param>
/// <param name="Session">The page's session, where it came by one.</param>
internal sealed record Caller(Principal Principal, Scope Scopes, TokenBound Bound, string TokenId, string? Session)
{
    /// <summary>Browsers send cookies by themselves, so a session's writes need an Origin of ours.</summary>
    public bool ByCookie => Session is not null;
}
