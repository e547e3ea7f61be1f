using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Signalbox.Delivery;

/// <summary>A share of traffic, kept in basis points (1/100 of a percent): 0 to 10,000, exact.</summary>
[JsonConverter(typeof(WeightJsonConverter))]
public readonly record struct Weight : IComparable<Weight>
{
    public const int Full = 10_000;

    public Weight(int basisPoints) => BasisPoints = basisPoints is >= 0 and <= Full
        ? basisPoints
        : throw new ArgumentOutOfRangeException(nameof(basisPoints), basisPoints, "a weight lies between 0 and 10,000 basis points");

    public int BasisPoints { get; }

    public double Share => BasisPoints / (double)Full;

    public static Weight Zero => default;

    public static Weight All => new(Full);

    public static Weight Percent(double percent) => new((int)Math.Round(percent * 100));

    public Weight Rest => new(Full - BasisPoints);

    public int CompareTo(Weight other) => BasisPoints.CompareTo(other.BasisPoints);

    public static bool operator <(Weight left, Weight right) => left.BasisPoints < right.BasisPoints;

    public static bool operator >(Weight left, Weight right) => left.BasisPoints > right.BasisPoints;

    public static bool operator <=(Weight left, Weight right) => left.BasisPoints <= right.BasisPoints;

    public static bool operator >=(Weight left, Weight right) => left.BasisPoints >= right.BasisPoints;

    public override string ToString() => (BasisPoints / 100m).ToString("0.##", CultureInfo.InvariantCulture) + "%";
}

/// <summary>Public so that the JSON contexts of other projects can be generated.</summary>
public sealed class WeightJsonConverter : JsonConverter<Weight>
{
    public override Weight Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var points = reader.GetInt32();
        return points is >= 0 and <= Weight.Full ? new(points) : throw new JsonException("a weight lies between 0 and 10000 basis points");
    }

    public override void Write(Utf8JsonWriter writer, Weight value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.BasisPoints);
}
