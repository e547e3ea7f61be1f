using System.Net;
using System.Net.Sockets;

namespace Signalbox.Outbound;

/// <summary>How far away an address is; what it is decides whether it may be connected to.</summary>
public enum AddressReach
{
    /// <summary>Routed on the internet.</summary>
    Public,

    /// <summary>This machine.</summary>
    Loopback,

    /// <summary>A network of somebody's own (RFC 1918, 4193, 6598).</summary>
    Private,

    /// <summary>Never a service to speak with: link-local, a cloud's metadata, multicast, unspecified, reserved.</summary>
    Forbidden,
}

/// <summary>Sorts addresses by the special-purpose registries of IANA (RFC 6890) and by what clouds serve credentials on.</summary>
public static class AddressReaches
{
    // metadata services that lie outside of the link-local networks: Alibaba, Oracle, Azure's wire server, AWS on IPv6
    private static readonly IPAddress[] s_metadata =
        [IPAddress.Parse("100.100.100.200"), IPAddress.Parse("192.0.0.192"), IPAddress.Parse("168.63.129.16"), IPAddress.Parse("fd00:ec2::254")];

    private static readonly (IPNetwork Network, AddressReach Reach)[] s_networks =
    [
        (IPNetwork.Parse("127.0.0.0/8"), AddressReach.Loopback), (IPNetwork.Parse("::1/128"), AddressReach.Loopback),
        (IPNetwork.Parse("10.0.0.0/8"), AddressReach.Private), (IPNetwork.Parse("172.16.0.0/12"), AddressReach.Private), (IPNetwork.Parse("192.168.0.0/16"), AddressReach.Private),
        (IPNetwork.Parse("100.64.0.0/10"), AddressReach.Private), (IPNetwork.Parse("198.18.0.0/15"), AddressReach.Private), (IPNetwork.Parse("fc00::/7"), AddressReach.Private),
        (IPNetwork.Parse("0.0.0.0/8"), AddressReach.Forbidden), (IPNetwork.Parse("169.254.0.0/16"), AddressReach.Forbidden), (IPNetwork.Parse("192.0.0.0/24"), AddressReach.Forbidden),
        (IPNetwork.Parse("192.0.2.0/24"), AddressReach.Forbidden), (IPNetwork.Parse("198.51.100.0/24"), AddressReach.Forbidden), (IPNetwork.Parse("203.0.113.0/24"), AddressReach.Forbidden),
        (IPNetwork.Parse("224.0.0.0/4"), AddressReach.Forbidden), (IPNetwork.Parse("240.0.0.0/4"), AddressReach.Forbidden),
        (IPNetwork.Parse("::/128"), AddressReach.Forbidden), (IPNetwork.Parse("100::/64"), AddressReach.Forbidden), (IPNetwork.Parse("2001::/32"), AddressReach.Forbidden), (IPNetwork.Parse("2001:db8::/32"), AddressReach.Forbidden),
        // translated by a network's own rule (RFC 8215): which IPv4 address it is cannot be told
        (IPNetwork.Parse("64:ff9b:1::/48"), AddressReach.Forbidden),
        (IPNetwork.Parse("fe80::/10"), AddressReach.Forbidden), (IPNetwork.Parse("fec0::/10"), AddressReach.Forbidden), (IPNetwork.Parse("ff00::/8"), AddressReach.Forbidden),
    ];

    // IPv6 that carries an IPv4 address in it: mapped, translated (SIIT), NAT64, 6to4, compatible; where the four bytes begin. By bytes, because
    // IPNetwork says of no network that it contains a mapped address
    private static readonly (byte[] Prefix, int At)[] s_carriers =
        [([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff], 12), ([0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0], 12), ([0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0], 12), ([0x20, 0x02], 2), ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 12)];

    public static AddressReach Of(IPAddress address)
    {
        var plain = Unwrapped(address);
        if (s_metadata.Contains(plain)) return AddressReach.Forbidden;
        foreach (var (network, reach) in s_networks)
            if (network.Contains(plain)) return reach;
        return AddressReach.Public;
    }

    private static IPAddress Unwrapped(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        var bytes = address.GetAddressBytes();
        var plain = new IPAddress(bytes);
        if (plain.Equals(IPAddress.IPv6Loopback) || plain.Equals(IPAddress.IPv6Any)) return plain;
        foreach (var (prefix, at) in s_carriers)
            if (bytes.AsSpan().StartsWith(prefix)) return new IPAddress(bytes.AsSpan(at, 4));
        // ISATAP (RFC 5214 section 6.1) has it in the interface's identifier, under any prefix
        return bytes.AsSpan(9, 3).SequenceEqual<byte>([0, 0x5e, 0xfe]) && bytes[8] is 0 or 2 ? new IPAddress(bytes.AsSpan(12, 4)) : plain;
    }
}
