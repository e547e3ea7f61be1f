using Signalbox.Ledger;
using Signalbox.Storage;

namespace Signalbox.Server.Access;

/// <summary>The state directory's own token, for whoever may read the directory: made at first start, renewed before it expires.</summary>
internal static class AdminToken
{
    private static readonly TimeSpan ValidFor = TimeSpan.FromDays(90);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(14);

    public static bool IsDue(StateDirectory state, TokenRegistry tokens, TimeProvider time) =>
        !File.Exists(state.TokenPath)
        || tokens.Find(File.ReadAllText(state.TokenPath).Trim()) is not { } token
        || token.ExpiresAt - time.GetUtcNow() < RenewBefore;

    /// <summary>The fact to append; once that is done, <paramref name="token"/> goes to the file.</summary>
    public static NewEntry Make(TimeProvider time, out string token)
    {
        (token, var fact) = TokenRegistry.Make(
            $"local:{Environment.UserName}", Scope.Admin, time.GetUtcNow() + ValidFor, new("system:control-plane"));
        return fact;
    }
}
