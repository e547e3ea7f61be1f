using System.Security.Cryptography;
using System.Text;
using Signalbox.Storage;

namespace Signalbox.Server;

/// <summary>
/// One secret per rollout for the sticky split, derived from a key of the installation: the same after a restart,
/// unknown to clients (who could otherwise choose their side), and not in the ledger.
/// </summary>
internal static class SplitSecrets
{
    public static Func<string, string> Of(StateDirectory state)
    {
        var path = Path.Combine(state.Root, "split.key");
        if (!File.Exists(path)) StateDirectory.WriteSecret(path, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        var key = Convert.FromBase64String(File.ReadAllText(path).Trim());
        return rollout => Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(rollout)));
    }
}
