using Signalbox.Ledger;

namespace Signalbox.Server.Access;

/// <param name="ByCookie">The page's session: browsers send it by themselves, so its writes need an Origin of ours.</param>
internal sealed record Caller(Principal Principal, Scope Scopes, string TokenId, bool ByCookie);
