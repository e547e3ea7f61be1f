namespace Signalbox.Delivery;

/// <summary>What has one rollout at a time: an application in an environment on a target.</summary>
/// <remarks>Written <c>shop/production</c> on the local target, <c>shop/production@NAME</c> on any other.</remarks>
public readonly record struct TrackKey(string Application, string Environment, string Target = "local")
{
    public override string ToString() => Target == "local" ? $"{Application}/{Environment}" : $"{Application}/{Environment}@{Target}";

    public static TrackKey Parse(string text)
    {
        var slash = text.IndexOf('/');
        if (slash <= 0) throw new FormatException($"'{text}' is not a track; expected APPLICATION/ENVIRONMENT");
        var at = text.IndexOf('@', slash);
        return at < 0
            ? new(text[..slash], text[(slash + 1)..])
            : new(text[..slash], text[(slash + 1)..at], text[(at + 1)..]);
    }
}
