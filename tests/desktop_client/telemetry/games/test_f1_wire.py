"""The wire format against real packets, and against itself."""

import numpy as np
import pytest

from desktop_client.telemetry.games.f1_wire import (
    FORMATS,
    HEADER,
    LAYOUTS,
    PacketId,
    blank,
    open_packet,
    read_header,
)

FORMAT_2026 = {
    0: 1325, 1: 926, 2: 1399, 3: 45, 4: 1470, 5: 1233, 6: 1448, 7: 1445, 8: 1134,
    9: 1062, 10: 1133, 11: 1460, 12: 231, 13: 273, 14: 104, 15: 1231, 16: 269,
}  # fmt: skip


def test_the_header_has_29_bytes_and_no_padding():
    assert HEADER.itemsize == 29


def test_packets_of_2026_have_the_sizes_that_the_game_sends():
    assert {int(id_): LAYOUTS[2026, id_].itemsize for id_ in PacketId} == FORMAT_2026


@pytest.mark.parametrize("packet_format", FORMATS)
def test_a_format_lacks_only_the_packets_that_came_later(packet_format: int):
    missing = {id_ for id_ in PacketId if (packet_format, id_) not in LAYOUTS}
    later = {PacketId.TIME_TRIAL: 2024, PacketId.LAP_POSITIONS: 2025, PacketId.ACTIVE_AERO: 2026}
    assert missing == {id_ for id_, since in later.items() if packet_format < since}


def test_real_packets_of_four_formats_fit_their_layouts_to_the_byte(golden_packets):
    assert {packet_format for packet_format, _, _ in golden_packets} == set(FORMATS)
    for packet_format, packet_id, body in golden_packets:
        assert HEADER.itemsize + len(body) == LAYOUTS[packet_format, packet_id].itemsize


def test_a_real_packet_taken_apart_and_put_together_again_is_the_same(golden_packets):
    for packet_format, packet_id, body in golden_packets:
        ours = blank(packet_format, PacketId(packet_id), session_uid=9, session_time=1.5)
        datagram = ours["header"].tobytes() + body
        taken_apart = open_packet(datagram, LAYOUTS[packet_format, packet_id])
        for name in ours.dtype.names:
            ours[name] = taken_apart[name]
        assert ours.tobytes() == datagram


def test_every_packet_of_a_real_race_survives_the_round_trip(melbourne):
    for datagram in melbourne:
        header = read_header(datagram)
        layout = LAYOUTS[header.packet_format, header.packet_id]
        copied_field_by_field = np.zeros((), layout)
        for name in layout.names:
            copied_field_by_field[name] = open_packet(datagram, layout)[name]
        assert copied_field_by_field.tobytes() == datagram


def test_real_packets_hold_plausible_values_where_fields_are_said_to_be(golden_packets):
    seen = set()
    for packet_format, packet_id, body in golden_packets:
        header = blank(packet_format, PacketId(packet_id))["header"].tobytes()
        packet = open_packet(header + body, LAYOUTS[packet_format, packet_id])
        match packet_id:
            case PacketId.TELEMETRY:
                car = packet["cars"]
                assert (car["speed"] <= 400).all()
                assert (car["rpm"] <= 16_000).all()
                assert (np.abs(car["steer"]) <= 1).all()
                assert set(car["gear"].tolist()) <= set(range(-1, 9))
                driven = car["tyre_pressure"][car["tyre_pressure"] != 0]
                assert ((driven > 15) & (driven < 35)).all()
            case PacketId.STATUS:
                car = packet["cars"]
                assert (car["fuel_in_tank"] <= 111).all()
                assert (car["ers_store"] <= 4_000_000).all()
                assert set(car["visual_tyre"].tolist()) <= {0, 7, 8, 16, 17, 18}
            case PacketId.LAPS:
                named = packet["cars"]["position"][packet["cars"]["result_status"] >= 2]
                assert sorted(named.tolist()) == list(range(1, len(named) + 1))
            case PacketId.DAMAGE:
                assert ((packet["cars"]["tyre_wear"] >= 0) & (packet["cars"]["tyre_wear"] <= 100)).all()
            case PacketId.CLASSIFICATION:
                cars = packet["cars"][: int(packet["car_count"])]
                assert sorted(cars["position"].tolist()) == list(range(1, len(cars) + 1))
            case _:
                continue
        seen.add((packet_format, packet_id))
    assert {packet_id for _, packet_id in seen} == {2, 6, 7, 8, 10}
    assert {packet_format for packet_format, _ in seen} == set(FORMATS)


@pytest.mark.parametrize("packet_format", FORMATS)
def test_a_packet_that_we_fill_reads_as_we_filled_it(packet_format: int):
    laps = blank(
        packet_format,
        PacketId.LAPS,
        session_uid=2**63 + 1,
        session_time=12.5,
        frame_identifier=750,
        overall_frame_identifier=760,
        player_car_index=3,
    )
    laps["cars"]["lap_distance"][:3] = [10.5, 20.5, -3.25]
    datagram = laps.tobytes()

    header = read_header(datagram)
    read = open_packet(datagram, LAYOUTS[packet_format, PacketId.LAPS])

    assert (header.packet_format, header.packet_id, header.session_uid) == (packet_format, 2, 2**63 + 1)
    assert (header.frame_identifier, header.overall_frame_identifier) == (750, 760)
    assert (header.session_time, header.player_car_index, header.secondary_player_car_index) == (12.5, 3, 255)
    assert read["cars"]["lap_distance"][:4].tolist() == [10.5, 20.5, -3.25, 0]


def test_a_format_has_no_blank_of_a_packet_it_does_not_know():
    with pytest.raises(KeyError):
        blank(2023, PacketId.ACTIVE_AERO)
